import type { FieldSchema } from "../../src/cli/fields.ts";
import { sayBounds, sayType, sayValue } from "../../src/cli/fields.ts";
import { allowed } from "../../src/shared/api/access.ts";
import type { RouteAccess } from "../../src/shared/api/access.ts";
import type { CommandSpec, RestForm } from "../../src/shared/api/command.ts";
import { registry } from "../../src/shared/api/registry.ts";

export const specs = registry as readonly unknown[] as readonly CommandSpec[];

const cell = (text: string): string => text.replaceAll("|", "\\|");
export const code = (text: string): string => `\`${text}\``;

export function table(headers: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(headers), line(headers.map(() => "---")), ...rows.map(line)].join("\n");
}

export const pageOf = (parts: readonly string[]): string => `${parts.filter(Boolean).join("\n\n")}\n`;

/** What a heading of a page is found by: `#hostadd` for `host.add`. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
    .replaceAll(" ", "-");

/** Who may, in words. */
export function sayAllowed(access: RouteAccess): string {
  if (access === "public") return "anyone, without a token";
  if (access === "link") return "whoever has the link";
  if (access === "ping") return "whoever has the URL, which holds a host's token or a ping key";
  if (access === "host") return "the host's own token, or admin";
  return allowed[access].join(", ");
}

const isUuid = (schema: FieldSchema): boolean => (schema as { format?: string }).format === "uuid";

export const limits = (schema: FieldSchema): string =>
  [
    sayBounds(schema.items ?? schema),
    schema.maxItems ? `at most ${schema.maxItems}` : "",
    schema.pattern && !isUuid(schema) ? code(schema.pattern) : "",
  ]
    .filter(Boolean)
    .join(", ");

export const defaultOf = (schema: FieldSchema, required: boolean): string => {
  if (schema.default === undefined) return required ? "required" : "";
  return sayValue(schema.default, schema) || "none";
};

/** A span is milliseconds on the wire, and text such as `5m` on the command line. */
export const wireType = (schema: FieldSchema): string => {
  if (schema.unit) return schema.unit === "ms" ? "milliseconds" : "epoch milliseconds";
  if (schema.type === "array") return `list of ${wireType(schema.items ?? {})}`;
  return schema.type === "object" ? "object" : sayType(schema);
};

/** `GET /api/v1/hosts`. */
export const routeOf = ({ methods, path }: RestForm): string => `${methods.join(", ")} ${path}`;

/** The fields of an object's schema, and which of them must be there; `nullish()` wraps it in a choice. */
export function partsOf(schema: FieldSchema): [name: string, field: FieldSchema, isRequired: boolean][] {
  const { properties = {}, required = [] } = schema.properties
    ? schema
    : ((schema as { anyOf?: FieldSchema[] }).anyOf?.[0] ?? {});
  return Object.entries(properties).map(([name, field]) => [name, field, required.includes(name)]);
}

/** What a person may read of a field, beside its type. */
export const meaningOf = (schema: FieldSchema): string => (schema as { description?: string }).description ?? "";

/** What JSON there may be, where nobody types it. */
export function jsonType(schema: FieldSchema): string {
  const { const: constant, anyOf } = schema as { const?: unknown; anyOf?: FieldSchema[] };
  if (constant !== undefined) return code(JSON.stringify(constant));
  if (anyOf) return anyOf.map(jsonType).join(" or ");
  if (schema.type === undefined && !schema.enum) return "any JSON";
  return isUuid(schema) ? "UUID" : wireType(schema);
}
