import { parseDuration } from "../shared/time.ts";
import { CliFailure, statuses } from "./failure.ts";
import { asTyped, sayBounds, wordFor } from "./fields.ts";
import type { Field, FieldSchema } from "./fields.ts";

const isNumeric = (schema: FieldSchema): boolean => schema.type === "number" || schema.type === "integer";

/** What was written isn't a value of its type; the message says what would be. */
export class Unreadable extends Error {}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`"${text}" is no JSON`, { cause: error });
  }
}

function readPairs(texts: string[], { additionalProperties: each }: FieldSchema): unknown {
  // A password may well be a number, and stays the text that it is.
  const isText = typeof each === "object" && each.type === "string";
  if (texts.length === 1 && texts[0]?.trimStart().startsWith("{")) return readJson(texts[0]);
  const pairs = texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new Unreadable(`"${text}" is no key=value`);
    const value = text.slice(at + 1);
    return [text.slice(0, at), !isText && /^(-?\d+(\.\d+)?|true|false|null)$/.test(value) ? JSON.parse(value) : value];
  });
  return Object.fromEntries(pairs);
}

function readNumber(text: string, schema: FieldSchema): number {
  const value = schema.unit === "ms" ? parseDuration(text) : text.trim() === "" ? undefined : Number(text);
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new Unreadable(
    schema.unit === "ms" ? `"${text}" is no span of time: write 90s, 5m or 1h30m` : `"${text}" is no number`,
  );
}

/** An instant: ISO 8601, or a span from now such as `+2h`. */
function readInstant(text: string, now: number): number {
  const span = /^[+-]/.test(text) ? parseDuration(text.slice(1)) : undefined;
  const at = span === undefined ? Date.parse(text) : now + (text.startsWith("-") ? -span : span);
  if (Number.isFinite(at)) return at;
  throw new Unreadable(`"${text}" is no time: write 2026-12-24T18:00Z, or +2h for two hours from now`);
}

/** JSON where it looks like it, else the text as it is: for fields that take both. */
const readLoose = (text: string): unknown => (/^\s*[[{]/.test(text) ? readJson(text) : text);

/** One of the choices, as it is called on the wire or as its flag is typed: `maxRunMs`, `max-run`. */
function readChoice(text: string, choices: unknown[]): unknown {
  const choice = choices.find((one) => one === text || asTyped(String(one)) === text);
  if (choice !== undefined) return choice;
  throw new Unreadable(`"${text}" is none of ${choices.map((one) => asTyped(String(one))).join(", ")}`);
}

function readOne(text: string, schema: FieldSchema, now: number): unknown {
  if (schema.unit === "epoch-ms") return readInstant(text, now);
  if (schema.type === undefined && !schema.enum) return readLoose(text);
  if (schema.enum) return readChoice(text, schema.enum);
  if (!isNumeric(schema)) return text;
  const value = readNumber(text, schema);
  if (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))
    throw new Unreadable(`"${text}" is out of bounds: ${sayBounds(schema)}`);
  return value;
}

function readTyped(typed: unknown, schema: FieldSchema, now: number): unknown {
  if (schema.type === "boolean") return typed;
  const texts = (Array.isArray(typed) ? typed : [typed]).map(String);
  if (schema.type === "object") return readPairs(texts, schema);
  if (schema.type === "array") {
    return texts
      .flatMap((text) => text.split(","))
      .filter(Boolean)
      .map((text) => readOne(text, schema.items ?? { type: "string" }, now));
  }
  const [text = "", ...more] = texts;
  if (more.length > 0) throw new Unreadable(`given ${texts.length} times: give it once`);
  return readOne(text, schema, now);
}

/** Turns what was typed into the command's arguments; what isn't a value of its type is refused by name. */
export function readArguments(fields: Field[], typed: Record<string, unknown>, now: number): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const field of fields) {
    const value = typed[field.positional ? field.name : field.flag];
    if (value === undefined) continue;
    try {
      args[field.name] = readTyped(value, field.schema, now);
    } catch (error) {
      if (error instanceof Unreadable)
        throw new CliFailure(statuses.usage, `${wordFor(field)}: ${error.message}`, { cause: error });
      throw error;
    }
  }
  return args;
}

/**
 * A value as a file has it: text is read as on the command line, and what has another type is taken as it is. A bare
 * number is seconds where a span has its typed name, and milliseconds where it has that of the wire (`inMs`).
 */
export function readWritten(value: unknown, schema: FieldSchema, inMs: boolean): unknown {
  if (Array.isArray(value) && schema.type === "array")
    return value.map((one) => readWritten(one, schema.items ?? {}, inMs));
  const isSpan = schema.unit === "ms" && !inMs;
  if (typeof value === "number" && (isSpan || schema.type === "string")) return readTyped(value, schema, 0);
  if (typeof value !== "string") return value;
  if (schema.unit === "epoch-ms" && /^[+-]/.test(value))
    throw new Unreadable(`"${value}" is another time whenever it is read: write 2026-12-24T18:00Z`);
  return readTyped(value, schema, 0);
}
