import { z } from "zod";

type Random = () => number;

/** The part of JSON Schema that our schemas become. */
interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  minimum?: number;
  maximum?: number;
  unit?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
}

export const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T;

/** What a field that is text may well want; none of it leads away from this machine. */
const words = [
  "web01",
  "db01",
  "ops",
  "a1",
  "tag:prod",
  "@internet",
  "admin",
  "ok",
  "up",
  "UTC",
  "Europe/Berlin",
  "08:00",
  "0 3 * * *",
  "*:0/15",
  "Mon-Fri 08:00-18:00 Europe/Berlin",
  "12-25",
  "2026-12-24",
  "2026-12-24T18:00:00Z",
  "5m",

  "7d3b6c3e-5d0f-4b44-9df5-0c4c1f3a2b11",
  "http://127.0.0.1:1/x",
  "critical",
  "heartbeat",
  "/tmp/x.log",
  "",
  "日本",
];

/** A value that a schema might take: mostly of the right shape and within its bounds, now and then not quite. */
export const sampleOf = (schema: z.ZodType, random: Random): unknown => sample(described(schema), random);

const known = new WeakMap<z.ZodType, Schema>();
function described(schema: z.ZodType): Schema {
  const found = known.get(schema) ?? (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema);
  known.set(schema, found);
  return found;
}

function sample(schema: Schema, random: Random, depth = 0): unknown {
  if (random() < 0.02 || depth > 6) return pick(strange, random);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(schema.enum, random);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return sample(pick(choices, random), random, depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => sample(one, random, depth)));
  if (schema.type === "object" || schema.properties) return fieldsOf(schema, random, depth);
  if (schema.type === "array")
    return Array.from({ length: Math.floor(random() * 3) }, () => sample(schema.items ?? {}, random, depth + 1));
  if (schema.type === "boolean") return random() < 0.5;
  if (schema.type === "integer" || schema.type === "number") return numberOf(schema, random);
  return pick(fitting(schema), random);
}

const fit = new WeakMap<Schema, readonly string[]>();
function fitting(schema: Schema): readonly string[] {
  const { pattern = "", minLength = 0, maxLength = Infinity } = schema;
  const found =
    fit.get(schema) ??
    words.filter((word) => new RegExp(pattern, "u").test(word) && word.length >= minLength && word.length <= maxLength);
  fit.set(schema, found);
  return found.length > 0 ? found : words;
}

function fieldsOf({ properties = {}, required = [], additionalProperties }: Schema, random: Random, depth: number) {
  const given = Object.entries(properties).filter(([name]) => required.includes(name) || random() < 0.3);
  const more = typeof additionalProperties === "object" && random() < 0.5 ? [["files", additionalProperties]] : [];
  return Object.fromEntries(
    [...given, ...(more as [string, Schema][])].map(([name, one]) => [name, sample(one, random, depth + 1)]),
  );
}

function numberOf({ minimum = 0, maximum = 2e12, unit, type }: Schema, random: Random): number {
  const [from, to] = [Math.max(minimum, -1e12), unit === "epoch-ms" ? 2e12 : Math.min(maximum, 2e12)];
  const value = pick([from, to, from + random() * (to - from), from + random() * Math.min(100, to - from)], random);
  return type === "integer" ? Math.round(value) : value;
}

/** What no schema wants. */
export const strange: readonly unknown[] = [
  null,
  -1,
  1e308,
  -0,
  2 ** 53,
  0.1,
  "",
  "\u0000",
  "\ud800",
  "x".repeat(5_000),
  [],
  {},
  [[]],
  true,
  "__proto__",
  "constructor",
  { constructor: { prototype: 1 } },
  JSON.parse('{"__proto__":{"role":"admin"}}'),
];
