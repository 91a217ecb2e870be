import { wordsOf } from "../../src/cli/fields.ts";
import { fieldsOf, schemaOf } from "../../src/cli/schema.ts";
import type { Field } from "../../src/cli/fields.ts";
import { placesOf } from "../../src/cli/generated.ts";
import { describeProgram } from "../../src/cli/program.ts";
import { allCommands, commandTree } from "../../src/cli/tree.ts";
import type { Command, Option } from "../../src/cli/tree.ts";
import { viewOptions } from "../../src/cli/view-options.ts";
import type { CommandSpec } from "../../src/shared/api/command.ts";
import { anchor, code, defaultOf, limits, pageOf, routeOf, sayAllowed, specs, table, wireType } from "./page.ts";

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

function commandLine(spec: CommandSpec): string {
  const flags = fieldsOf(spec).some((field) => !field.positional) ? ["[flags]"] : [];
  return ["sentinel", ...wordsOf(spec), ...placesOf(spec), ...flags].join(" ");
}

function formsTable(spec: CommandSpec): string {
  const { rest, cli } = spec;
  const route = rest ? `[${code(routeOf(rest))}](rest.md#${anchor(routeOf(rest))}), answers ${rest.status}` : "none";
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
  const parts = [`## ${spec.name}`, spec.summary, formsTable(spec), argumentsTable(spec), resultLine(spec)];
  return parts.filter(Boolean).join("\n\n");
}

const about = `# Commands

Made from the registry in src/shared/api and the programs in src/cli by \`npm run reference\`; don't edit it by hand.

Every command has a WebSocket name; most have a [REST route](rest.md) and a form on the command line. Spans are written
\`90s\`, \`5m\` or \`1h30m\`; a list is repeated or separated with commas. [Errors](errors.md) lists the exit statuses.
What the daemon doesn't do, but the program itself, is under [Programs](#programs).`;

const program = describeProgram();
const asked = new Set(specs.filter(({ cli }) => cli).map((spec) => wordsOf(spec).join(" ")));
/** What runs on its own; `sentinel host` alone does nothing. */
const isProgram = ({ words, children, options }: Command): boolean =>
  words.length > 0 && (children.length === 0 || options.length > 0) && !asked.has(words.join(" "));

function flagsTable(options: readonly Option[]): string {
  const rows = options.map(({ name, describe, takesValue, choices }) => [
    code(`--${name}${takesValue ? " VALUE" : ""}`),
    choices.length > 0 ? `${describe} (${choices.join(", ")})` : describe,
  ]);
  return rows.length === 0 ? "" : table(["Flag", ""], rows);
}

function placesTable(positionals: readonly Option[]): string {
  const rows = positionals.map(({ name, describe }) => [code(`<${name}>`), describe]);
  return rows.length === 0 ? "" : table(["Place", ""], rows);
}

const examplesBlock = (examples: readonly string[]): string =>
  examples.length === 0 ? "" : `\`\`\`sh\n${examples.join("\n")}\n\`\`\``;

function programSection({ words, places, describe, options, positionals, examples, epilogue }: Command): string {
  const flags = options.length > 0 ? ["[flags]"] : [];
  return [
    `### sentinel ${words.join(" ")}`,
    `${code(["sentinel", ...words, ...places, ...flags].join(" "))}: ${describe}.`,
    placesTable(positionals),
    flagsTable(options),
    epilogue,
    examplesBlock(examples),
  ]
    .filter(Boolean)
    .join("\n\n");
}

const view = commandTree((parser) => parser.options(viewOptions));

export const renderCommands = (): string =>
  pageOf([
    about,
    "## Common flags",
    "Every command takes these, most of them to find its daemon.",
    flagsTable(program.options),
    ...specs.map(section),
    "## Programs",
    ...allCommands(program).filter(isProgram).map(programSection),
    "### sentinel-tui",
    "The console alone, on a daemon here or elsewhere. It takes the common flags, but for `--json`, and these:",
    flagsTable(view.options),
  ]);
