import { schemaOf } from "../../src/cli/schema.ts";
import type { FieldSchema } from "../../src/cli/fields.ts";
import { otherRoutes } from "../../src/shared/api/access.ts";
import type { CommandSpec, RestForm } from "../../src/shared/api/command.ts";
import { httpStatus } from "../../src/shared/errors.ts";
import type { Code } from "../../src/shared/errors.ts";
import {
  anchor,
  code,
  defaultOf,
  jsonType,
  limits,
  pageOf,
  partsOf,
  routeOf,
  sayAllowed,
  specs,
  table,
} from "./page.ts";
import { plainRoutes } from "./plain-routes.ts";

const about = `# REST

Made from the registry in src/shared/api by \`npm run reference\`; don't edit it by hand. A running daemon describes the
same at \`/docs\`, and for programs at \`/openapi.json\`.

Bodies are JSON of at most 1 MiB. The token goes into \`Authorization: Bearer\` or \`X-API-Key\`, of a heartbeat also into
\`?token=\`. Times are ISO 8601, spans milliseconds unless their name says seconds. A write with an \`Idempotency-Key\` (a
UUID) can be repeated for 24 hours: it is done once, and answered alike.

A refusal has one of the [error codes](errors.md). Each route lists those of its own; any can answer
${sayCodes(["rate_limited", "internal", "unavailable"])} too.`;

function sayCodes(codes: readonly Code[]): string {
  return codes.map((one) => `${httpStatus[one]} ${code(one)}`).join(", ");
}

function fieldTable(title: string, schema: FieldSchema, isInPath: (name: string) => boolean = () => false): string {
  const rows = partsOf(schema)
    .filter(([name]) => !isInPath(name))
    .map(([name, field, isRequired]) => [code(name), jsonType(field), limits(field), defaultOf(field, isRequired)]);
  return rows.length === 0 ? "" : `${title}:\n\n${table(["Field", "Type", "Bounds", "Default"], rows)}`;
}

/** What is sent along: what the route says of it, else the command's arguments that aren't in the path. */
function sent({ args }: CommandSpec, { query, body, toArgs, path, methods }: RestForm): string[] {
  const tables = [
    query ? fieldTable("Query", schemaOf(query, "input")) : "",
    body ? fieldTable("Body", schemaOf(body, "input")) || "Body: the value, as JSON." : "",
  ];
  if (query || body || toArgs) return tables;
  const title = methods.includes("GET") ? "Query" : "Body";
  return [
    fieldTable(title, schemaOf(args, "input"), (name) => path.includes("{id}") && (name === "id" || name === "ids")),
  ];
}

function refusals({ access }: CommandSpec, { path, methods }: RestForm, takesSomething: boolean): Code[] {
  const isWrite = methods.some((method) => method !== "GET");
  const takesId = path.includes("{id}");
  return [
    ...(takesSomething || takesId || isWrite ? (["invalid"] as const) : []),
    ...(access === "public" ? [] : (["unauthorized", "forbidden"] as const)),
    ...(takesId || isWrite ? (["not_found"] as const) : []),
    ...(isWrite ? (["conflict", "too_large"] as const) : []),
  ];
}

function answer(spec: CommandSpec, rest: RestForm): string {
  if (rest.status === 204) return "Answers 204, without a body";
  const schema = schemaOf(rest.reply ?? spec.result, "output");
  const names = partsOf(schema).map(([name]) => code(name));
  if (names.length > 0) return `Answers ${rest.status} with ${names.join(", ")}`;
  return `Answers ${rest.status}${schema.type === "array" ? " with a list" : ""}`;
}

function section(spec: CommandSpec, rest: RestForm): string {
  const tables = sent(spec, rest).filter(Boolean);
  const refused = sayCodes(refusals(spec, rest, tables.length > 0));
  return [
    `## ${routeOf(rest)}`,
    `${spec.summary} The command [${code(spec.name)}](commands.md#${anchor(spec.name)}), for ${sayAllowed(spec.access)}.`,
    ...tables,
    `${answer(spec, rest)}${refused ? `; refuses with ${refused}` : ""}.`,
  ].join("\n\n");
}

function plainSection(url: string): string {
  const route = otherRoutes[url];
  const said = plainRoutes[url];
  if (!route || !said) throw new Error(`scripts/reference/plain-routes.ts doesn't say what ${url} takes and answers`);
  return [`## ${route.methods.join(", ")} ${url}`, `For ${sayAllowed(route.access)}: ${route.summary}.`, ...said].join(
    "\n\n",
  );
}

export const renderRest = (): string =>
  pageOf([
    about,
    ...specs.flatMap((spec) => (spec.rest ? [section(spec, spec.rest)] : [])),
    ...[...new Set([...Object.keys(otherRoutes), ...Object.keys(plainRoutes)])].map(plainSection),
  ]);
