/** Writes docs/reference from the registry and the keymap: `npm run reference`. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { allowed, frameAccess, otherRoutes } from "../src/shared/api/access.ts";
import type { RouteAccess } from "../src/shared/api/access.ts";
import { registry } from "../src/shared/api/registry.ts";
import type { CommandSpec, RestForm } from "../src/shared/api/command.ts";
import { sayBounds, sayType, sayValue, wordsOf } from "../src/cli/fields.ts";
import { fieldsOf, schemaOf } from "../src/cli/schema.ts";
import type { Field, FieldSchema } from "../src/cli/fields.ts";
import { placesOf } from "../src/cli/generated.ts";
import { helpSections } from "../src/tui/input/help.ts";

const folder = path.join(import.meta.dirname, "..", "docs", "reference");

const specs = registry as readonly unknown[] as readonly CommandSpec[];

/** Who may, in words. */
function sayAllowed(access: RouteAccess): string {
  if (access === "public") return "anyone, without a token";
  if (access === "link") return "whoever has the link";
  if (access === "host") return "the host's own token, or admin";
  return allowed[access].join(", ");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${text}\``;

function table(headers: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(headers), line(headers.map(() => "---")), ...rows.map(line)].join("\n");
}

const limits = (schema: FieldSchema): string =>
  [
    sayBounds(schema.items ?? schema),
    schema.maxItems ? `at most ${schema.maxItems}` : "",
    schema.pattern ? code(schema.pattern) : "",
  ]
    .filter(Boolean)
    .join(", ");

const defaultOf = (schema: FieldSchema, required: boolean): string => {
  if (schema.default === undefined) return required ? "required" : "";
  return sayValue(schema.default, schema) || "none";
};

/** A span is milliseconds on the wire, and text such as `5m` on the command line. */
const wireType = (schema: FieldSchema): string => {
  if (schema.unit) return schema.unit === "ms" ? "milliseconds" : "epoch milliseconds";
  if (schema.type === "array") return `list of ${wireType(schema.items ?? {})}`;
  return schema.type === "object" ? "object" : sayType(schema);
};

const flagCell = (field: Field): string => code(field.positional ? `<${field.name}>` : `--${field.flag}`);

function argumentsTable(spec: CommandSpec): string {
  const fields = fieldsOf(spec);
  if (fields.length === 0) return "It takes no arguments.";
  const rows = fields.map((field) => [
    code(field.name),
    ...(spec.cli ? [flagCell(field)] : []),
    wireType(field.schema),
    limits(field.schema),
    defaultOf(field.schema, field.required),
  ]);
  return table(["Argument", ...(spec.cli ? ["Command line"] : []), "Type", "Bounds", "Default"], rows);
}

function restTable(title: string, schema: FieldSchema): string {
  // `nullish()` wraps the object in a choice.
  const { properties = {}, required = [] } = schema.properties
    ? schema
    : ((schema as { anyOf?: FieldSchema[] }).anyOf?.[0] ?? {});
  const rows = Object.entries(properties).map(([name, field]) => [
    code(name),
    wireType(field),
    limits(field),
    defaultOf(field, required.includes(name)),
  ]);
  return rows.length === 0 ? "" : `${title}:\n\n${table(["Field", "Type", "Bounds", "Default"], rows)}`;
}

const restParts = ({ query, body }: RestForm): string[] => [
  ...(query ? [restTable("REST query", schemaOf(query, "input"))] : []),
  ...(body ? [restTable("REST body", schemaOf(body, "input"))] : []),
];

function commandLine(spec: CommandSpec): string {
  const flags = fieldsOf(spec).some((field) => !field.positional) ? ["[flags]"] : [];
  return ["sentinel", ...wordsOf(spec), ...placesOf(spec), ...flags].join(" ");
}

function formsTable(spec: CommandSpec): string {
  const { rest, cli } = spec;
  const route = rest
    ? `${rest.methods.map((method) => code(`${method} ${rest.path}`)).join(", ")}, answers ${rest.status}`
    : "none";
  return table(
    ["Form", ""],
    [
      ["Command line", cli ? `${code(commandLine(spec))}, as in ${code(cli.example)}` : "none of its own"],
      ["REST", route],
      ["WebSocket", code(spec.name)],
      ["Allowed for", sayAllowed(spec.access)],
      ["Effect", spec.effect === "read" ? "reads" : "writes; idempotent with a key"],
    ],
  );
}

function resultLine(spec: CommandSpec): string {
  const names = Object.keys(schemaOf(spec.result, "output").properties ?? {}).map(code);
  const secret = spec.secret ? " It holds secrets, which are shown this once." : "";
  return `The result has ${names.join(", ")}.${secret}`;
}

function section(spec: CommandSpec): string {
  const parts = [
    `## ${spec.name}`,
    spec.summary,
    formsTable(spec),
    argumentsTable(spec),
    ...(spec.rest ? restParts(spec.rest) : []),
    resultLine(spec),
  ];
  return parts.filter(Boolean).join("\n\n");
}

const introduction = `# Commands

Made from the registry in src/shared/api by \`npm run reference\`; don't edit it by hand.

Every command has a WebSocket name; most have a REST route and a form on the command line. There, every command takes
\`--url\`, \`--token\` and \`--data\` to find its daemon and \`--json\` for the raw result, and ends with status 1 (the
operation failed), 2 (bad usage), 69 (no daemon), 77 (not allowed) or 78 (configuration). Spans are written \`90s\`, \`5m\`
or \`1h30m\`; a list is repeated or separated with commas. \`sentinel up\`, \`daemon\`, \`agent\`, \`heartbeat\`, \`run\`,
\`config check\`, \`plan\` and \`apply\`, \`backup\`, \`restore\`, \`doctor\`, \`export\` and \`import\` are programs of their
own: their \`--help\` describes them.`;

const renderCommands = (): string => `${[introduction, ...specs.map(section)].join("\n\n")}\n`;

const aboutRoles = `# Roles

Made from the registry in src/shared/api by \`npm run reference\`; don't edit it by hand.
[Tokens](../how-to/tokens.md) says how a token comes by its role.

Whatever isn't named here is denied, and a route that isn't can't be added. \`host\` means the host's own token and, as the
one that speaks for every host, a ping key. A token that is expired or revoked is none.`;

const shown = ["public", "host", "metrics", "viewer", "operator", "admin"] as const;
const marks = (access: RouteAccess): string[] =>
  shown.map((role) => (access !== "link" && allowed[access].includes(role) ? "✓" : ""));

function rolesTable(first: string, rows: [name: string, form: string, access: RouteAccess][]): string {
  return table(
    [first, "", ...shown],
    rows.map(([name, form, access]) => [code(name), form, ...marks(access)]),
  );
}

const renderRoles = (): string => {
  const commands = specs.map(({ name, rest, access }): [string, string, RouteAccess] => [
    name,
    rest ? rest.methods.map((method) => code(`${method} ${rest.path}`)).join(", ") : "",
    access,
  ]);
  const routes = Object.entries(otherRoutes).map(
    ([url, { methods, access, summary }]): [string, string, RouteAccess] => [
      `${methods.join("|")} ${url}`,
      access === "link" ? `${summary}; ${sayAllowed(access)}` : summary,
      access,
    ],
  );
  const frames = Object.entries(frameAccess).map(([type, access]): [string, string, RouteAccess] => [
    type,
    type === "command" ? "what it asks for says who may" : "",
    access,
  ]);
  const parts = [
    aboutRoles,
    `## Commands\n\n${rolesTable("Command", commands)}`,
    `## Other routes\n\n${rolesTable("Route", routes)}`,
    `## WebSocket frames\n\n${rolesTable("Frame", frames)}`,
  ];
  return `${parts.join("\n\n")}\n`;
};

const aboutKeys = `# Keys

Made from the keymap in src/tui/input by \`npm run reference\`; don't edit it by hand.

The innermost place that knows a key has it: a question before the pane, the pane before its screen, the screen before
what holds anywhere. \`?\` in the console finds any of these, and \`:\` does it by its name, whether it has a key or not.

Keys of your own stand in \`keys.yaml\` in the configuration folder (on Linux \`~/.config/sentinel\`), a binding and all its
keys a line:

\`\`\`yaml
alert.ack: [A]
view.freeze: [ctrl+o, F]
app.suspend: [] # none
\`\`\`

A key is a character as it is typed, \`ctrl+a\` to \`ctrl+z\`, or one of the names in the tables below. A binding that isn't
there, a key that isn't one, and a key that already means something at the same place are refused with their line.`;

function keySection({ title, bindings }: (typeof helpSections)[number]): string {
  const rows = bindings.map(({ id, keys, title: what }) => [
    keys.map((key) => (key === "`" ? "`` ` ``" : code(key))).join(" ") || "none",
    what,
    code(id),
  ]);
  return [`## ${title}`, table(["Keys", "", "Binding"], rows)].join("\n\n");
}

const pageOf = (parts: readonly string[]): string => `${parts.join("\n\n")}\n`;

/** The pages by the file that each is in. */
export const references: readonly { file: string; render: () => string }[] = [
  { file: path.join(folder, "commands.md"), render: renderCommands },
  { file: path.join(folder, "roles.md"), render: renderRoles },
  { file: path.join(folder, "keys.md"), render: () => pageOf([aboutKeys, ...helpSections.map(keySection)]) },
];

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const { file, render } of references) writeFileSync(file, render());
}
