import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { type Refusal, refuseInvalid } from "../../shared/errors.ts";

/** One value for each name of a query: the first, where one is given several times. */
export const onceEach = (query: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((query ?? {}) as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value[0] ?? "") : value,
    ]),
  );

/** An empty or broken `Content-Type`, which fastify refuses, says as much as any that isn't known. */
export function mendContentType(headers: IncomingHttpHeaders): void {
  const type = headers["content-type"];
  if (type !== undefined && !/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/.test(type.trim()))
    headers["content-type"] = "application/octet-stream";
}

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

/** Refuses a time that isn't one, by its name. */
export function refuseNoTimes(args: unknown, names: ReadonlySet<string>): Refusal | undefined {
  const wrong = Object.entries((args ?? {}) as Record<string, unknown>).filter(
    ([name, value]) => names.has(name) && value !== undefined && typeof value !== "number",
  );
  if (wrong.length === 0) return undefined;
  return refuseInvalid({
    issues: wrong.map(([name]) => ({
      path: [name],
      message: "write a time as ISO 8601, such as 2026-12-24T18:00:00Z",
    })),
  });
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
