import type { z } from "zod";
import type { Role } from "../model.ts";

/** Who may use a command: the named role and those above it, or anyone. Nothing is open unless it says so. */
export type Access = Extract<Role, "admin" | "operator" | "viewer"> | "host" | "public";

/** Where a command is found in REST. Without `toArgs` its arguments are the path, query and body fields by name. */
export interface RestForm {
  methods: readonly ("GET" | "POST" | "PUT" | "DELETE")[];
  /** With `{id}` for a parameter. */
  path: string;
  status: 200 | 201 | 204;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Nothing that comes along is refused: `toArgs` takes what it understands. */
  lenient?: true;
  /** What is sent; by default the command's result with ISO 8601 instants. */
  reply?: z.ZodType;
  toArgs?(request: { params: Record<string, string>; query: Record<string, unknown>; body: unknown }): unknown;
  toReply?(result: never): unknown;
  /** The largest body that is read, where the listener's own limit isn't it. */
  bodyBytes?: number;
}

/** How a command is typed: `sentinel <noun> <verb> <positional…> --flag value`. */
export interface CliForm {
  /** Noun and verb, where they aren't those of the name. */
  words?: readonly [noun: string, verb: string];
  /** Fields of the arguments that are given by place; a list field takes all the rest. */
  positionals?: readonly string[];
  /** Other names for flags, where the field's own (in kebab case, without a unit) wouldn't be said: `{periodMs: "every"}`. */
  flags?: Readonly<Record<string, string>>;
  /** The list inside the result that a person sees as a table, and its columns; otherwise fields are printed one a line. */
  table?: { items: string; columns: readonly string[] };
  example: string;
}

/** One command: the single source of its WebSocket name, REST route, command line, OpenAPI entry and reference page. */
export interface CommandSpec<Args extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  name: string;
  summary: string;
  access: Access;
  /** A `read` answers from the head and commits nothing. */
  effect: "read" | "write";
  args: Args;
  result: Result;
  /** The result holds a secret that is shown this once: it is never kept for a repeat. */
  secret?: boolean;
  rest?: RestForm;
  cli?: CliForm;
}

/** Ties a command's types together. */
export const command = <Args extends z.ZodType, Result extends z.ZodType, const Name extends string>(
  spec: CommandSpec<Args, Result> & { name: Name },
): CommandSpec<Args, Result> & { name: Name } => spec;
