import { defaultSettings } from "../../src/daemon/domain/surroundings.ts";
import { fileSchema, sourcesOf } from "../../src/daemon/options.ts";
import { commonOptions } from "../../src/cli/common-options.ts";
import { daemonOptions } from "../../src/cli/daemon-options.ts";
import { cliVariables, secretVariables } from "../../src/cli/environment.ts";
import { schemaOf } from "../../src/cli/schema.ts";
import type { FieldSchema } from "../../src/cli/fields.ts";
import { code, limits, meaningOf, pageOf, partsOf, table, wireType } from "./page.ts";

const about = `# Configuration

Made from the schemas of the daemon's options by \`npm run reference\`; don't edit it by hand.

A value comes from the first of these that gives it: the flag, the environment variable, the file that \`--config\` or
\`SENTINEL_CONFIG\` names ([an example](../../data/sentinel.example.yaml)), the default. An empty variable counts as none.
What is set while the daemon runs (\`sentinel setting set\`, \`upstream set\`, \`channel add\`) rules over all of them.
\`sentinel config show\` says what counts, and where it came from. An unknown key is refused.

A secret is itself, or \`{ file: /path }\` with it alone; its variable may end in \`_FILE\` and name such a file, or systemd
passes it as a credential of the variable's name. See [secrets](../how-to/secrets.md).`;

const { layers } = sourcesOf({ flags: {}, env: {} });

/** The default as a person would write it. */
function sayDefault(value: unknown): string {
  if (value === undefined || (typeof value === "object" && Object.keys(value ?? {}).length === 0)) return "";
  return code(Array.isArray(value) && typeof value[0] !== "object" ? `[${value.join(", ")}]` : JSON.stringify(value));
}

const defaultIn = (path: readonly string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], defaultSettings);

/** Those that can be typed. */
const flags = new Set(Object.keys({ ...commonOptions, ...daemonOptions }).map((name) => `--${name}`));

/** What gives an option beside the file, as `--listen`, `SENTINEL_LISTEN`. */
const sourcesIn = (name: string): string =>
  (layers[name] ?? [])
    .filter(({ source, from = "" }) => (source === "flag" && flags.has(from)) || source === "environment")
    .flatMap(({ from = "" }) => from.split(", ").map(code))
    .join(", ");

const isSecret = (schema: FieldSchema): boolean => "anyOf" in schema;

function typeOf(schema: FieldSchema): string {
  if (isSecret(schema)) return "secret";
  return schema.type === "string" && !schema.enum && !schema.maxLength ? "text" : wireType(schema);
}

/** A row for each key that has a value of its own; a group's keys are rows themselves. */
function rowsOf(schema: FieldSchema, at: readonly string[]): string[][] {
  return partsOf(schema).flatMap(([name, field]) => {
    const path = [...at, name];
    if (field.properties && !isSecret(field)) return rowsOf(field, path);
    const [first = "", ...inside] = path;
    const option = first === "settings" ? inside.join(".") : path.join(".");
    const standard =
      first === "settings"
        ? defaultIn(inside)
        : (layers[option] ?? []).find(({ source }) => source === "default")?.value;
    const isLong = Array.isArray(standard) && typeof standard[0] === "object";
    return [
      [
        code(option),
        typeOf(field),
        limits(field),
        isLong ? "`sentinel config show` lists them" : sayDefault(standard),
        sourcesIn(option),
        meaningOf(field),
      ],
    ];
  });
}

const headers = ["Key", "Type", "Bounds", "Default", "Flag, variable", "Meaning"];

function settingSections(): string[] {
  const [, settings] = partsOf(schemaOf(fileSchema, "input")).find(([name]) => name === "settings") ?? [];
  return partsOf(settings ?? {}).map(([name, field]) => {
    const rows = field.properties
      ? rowsOf(field, ["settings", name])
      : rowsOf({ properties: { [name]: field } }, ["settings"]);
    return `### ${name}\n\n${table(headers, rows)}`;
  });
}

function daemonSection(): string {
  const { properties: { settings: _settings, ...properties } = {} } = schemaOf(fileSchema, "input");
  return table(headers, rowsOf({ properties }, []));
}

const variables = table(
  ["Variable", "Meaning"],
  Object.entries(cliVariables).map(([name, meaning]) => {
    const file = (secretVariables as readonly string[]).includes(name) ? `, ${code(`${name}_FILE`)}` : "";
    return [`${code(name)}${file}`, `${meaning}.`];
  }),
);

export const renderConfiguration = (): string =>
  pageOf([
    about,
    "## The daemon",
    daemonSection(),
    "`API_HOST`, `API_PORT`, `API_SECRET_KEY`, `DISCORD_WEBHOOK_URL`, `HEALTHCHECKS_URL`, `LOG_LEVEL`, `LLM_…` and `BUSINESS_HOURS_…` are the predecessor's names. `SENTINEL_CONFIG` and `--config` name the file.",
    "## Settings",
    "Under `settings:` in the file. All but `upstream` (`sentinel upstream set`) can be changed at run time with `sentinel setting set NAME JSON`. Spans are milliseconds.",
    ...settingSections(),
    "## Programs and the console",
    "What `sentinel` and `sentinel-tui` read for themselves. A flag rules over its variable.",
    variables,
    "`sentinel-ping` has variables of its own: [deploy/client](../../deploy/client/README.md).",
  ]);
