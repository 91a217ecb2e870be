import type { CommandSpec } from "../shared/api/command.ts";
import { formatDuration } from "../shared/time.ts";

/** The part of JSON Schema that our schemas become; `unit` is our own mark. */
export interface FieldSchema {
  type?: string | string[];
  unit?: "ms" | "epoch-ms";
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  enum?: unknown[];
  items?: FieldSchema;
  properties?: Record<string, FieldSchema>;
  additionalProperties?: FieldSchema | boolean;
  required?: string[];
}

/** One argument of a command as the command line takes it. */
export interface Field {
  name: string;
  /** Without the dashes. */
  flag: string;
  schema: FieldSchema;
  required: boolean;
  positional: boolean;
}

/** Flags that every command has; a field of the same name gets its noun in front. */
export const commonFlags = ["url", "token", "token-file", "context", "data", "json", "help", "version"] as const;

/** Noun and verb of a command as they are typed: mostly those of its name. */
export function wordsOf({ name, cli }: CommandSpec): [noun: string, verb: string] {
  const [noun = name, verb = ""] = cli?.words ?? name.split(".");
  return [noun, verb];
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const withoutUnit = (name: string): string => name.replace(/(?<=[a-z])(Ms|At)$/, "");
/** A name as it is typed: `max-run` for `maxRunMs`. */
export const asTyped = (name: string): string => kebab(withoutUnit(name));
/** How a field is named on the command line, for a message about it. */
export const wordFor = (field: Field): string => (field.positional ? `<${field.name}>` : `--${field.flag}`);

/** How a field is named in a configuration file: as it is typed, but for a list that is written as one. */
export const writtenAs = ({ name, flag, schema }: Field): string => (schema.unit === "ms" ? flag : asTyped(name));

/** A bound or a default in the words that a person would type. */
export function sayValue(value: unknown, schema: FieldSchema): string {
  if (schema.unit === "ms" && typeof value === "number") return formatDuration(value) || "0s";
  if (Array.isArray(value)) return value.join(",");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.keys(value).length === 0 ? "" : JSON.stringify(value);
}

/** `1s to 366d`, or nothing for what has no bounds. */
export function sayBounds(schema: FieldSchema): string | undefined {
  const { minimum, maximum } = schema;
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER)
    return minimum ? `at least ${sayValue(minimum, schema)}` : undefined;
  return minimum === undefined || (minimum === 0 && schema.unit)
    ? `at most ${sayValue(maximum, schema)}`
    : `${sayValue(minimum, schema)} to ${sayValue(maximum, schema)}`;
}

/** What may be typed there. */
export function sayType(schema: FieldSchema): string {
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.type === "array") return `${sayType(schema.items ?? {})}, repeated or with commas`;
  if (schema.unit === "epoch-ms") return "a time such as 2026-12-24T18:00Z, or +2h";
  if (schema.type === undefined && !schema.enum) return "words or JSON";
  if (schema.unit === "ms") return "a span such as 90s, 5m, 1h30m";
  if (schema.type === "object") return "JSON, or key=value, repeated";
  if (schema.type === "integer") return "a whole number";
  if (schema.type === "string") return schema.maxLength ? `text, at most ${schema.maxLength} characters` : "text";
  return String(schema.type ?? "JSON");
}

/** Type, bounds and default in one line of help. */
export function describe({ schema, required }: Field): string {
  const rest = [sayBounds(schema.items ?? schema), required ? "required" : undefined].filter(Boolean);
  const defaulted =
    schema.default === undefined || sayValue(schema.default, schema) === ""
      ? []
      : [`default ${sayValue(schema.default, schema)}`];
  return [sayType(schema), ...rest, ...defaulted].join("; ");
}
