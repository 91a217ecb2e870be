import { z } from "zod";

const isInstant = (schema: object): boolean => (schema as { unit?: string }).unit === "epoch-ms";

/** In REST an instant is ISO 8601 text: so does the API's description say. */
export const instantsAsText = ({ jsonSchema }: { jsonSchema: object }): void => {
  if (!isInstant(jsonSchema)) return;
  for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
  Object.assign(jsonSchema, { type: "string", format: "date-time" });
};

/** The names of a schema's instant fields, wherever they lie in it. */
export function instantFields(schema: z.ZodType, io: "input" | "output" = "output"): ReadonlySet<string> {
  const names = new Set<string>();
  collect(z.toJSONSchema(schema, { io, unrepresentable: "any" }), names);
  return names;
}

function collect(node: unknown, names: Set<string>): void {
  if (typeof node !== "object" || node === null) return;
  const { properties } = node as { properties?: Record<string, object> };
  for (const [name, property] of Object.entries(properties ?? {})) if (isInstant(property)) names.add(name);
  for (const child of Object.values(node)) collect(child, names);
}

/** Arguments as the engine takes them: ISO 8601 text in the named fields as epoch milliseconds. */
export function fromIsoTimes(args: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  const read = (name: string, value: unknown): unknown => {
    const at = typeof value === "string" && names.has(name) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? value : at;
  };
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, read(name, value)]));
}

/** A result as REST sends it: the named fields as ISO 8601 text. */
export function withIsoTimes(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => withIsoTimes(one, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      typeof one === "number" && names.has(key) ? new Date(one).toISOString() : withIsoTimes(one, names),
    ]),
  );
}
