import path from "node:path";
import type { CommandModule } from "yargs";
import { slug } from "../shared/basics.ts";
import { normalUrl } from "./connect.ts";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { contextsFile, namedContext, readContexts, writeContexts } from "./contexts.ts";
import { CliFailure, statuses } from "./failure.ts";
import { layTable } from "./table.ts";
import { readTokenFile } from "./token-file.ts";

interface AddFlags extends Address {
  name?: string | undefined;
  "token-file"?: string | undefined;
}

function add({ name = "", url, token, ca, "token-file": tokenFile }: AddFlags, { print }: Context): void {
  const checked = slug.safeParse(name);
  if (!checked.success) throw new CliFailure(statuses.usage, `<name>: ${checked.error.issues[0]?.message}`);
  if (url === undefined) throw new CliFailure(statuses.usage, "--url: give the daemon's address");
  if (token !== undefined && tokenFile !== undefined)
    throw new CliFailure(statuses.usage, "give either --token or --token-file");
  if (tokenFile !== undefined) readTokenFile(tokenFile);
  const contexts = readContexts();
  const isNew = contexts[name] === undefined;
  contexts[name] = {
    url: normalUrl(url),
    ...(token === undefined ? {} : { token }),
    ...(tokenFile === undefined ? {} : { tokenFile: path.resolve(tokenFile) }),
    ...(ca === undefined ? {} : { ca: path.resolve(ca) }),
  };
  writeContexts(contexts);
  print(
    `${isNew ? "Added" : "Set anew"}: ${name}, in ${contextsFile()}. \`sentinel-tui --context ${name}\` opens its console.`,
  );
}

function list({ json }: { json?: boolean | undefined }, { print }: Context): void {
  const items = Object.entries(readContexts()).map(([name, { url, token, tokenFile, ca }]) => ({
    name,
    url,
    token: token === undefined ? (tokenFile ?? "none") : "kept",
    ...(ca === undefined ? {} : { ca }),
  }));
  if (json) return print(JSON.stringify({ items }, null, 2));
  if (items.length === 0) return print("none: `sentinel context add NAME --url URL` adds one");
  print(
    layTable(
      ["NAME", "URL", "TOKEN", "CA"],
      items.map(({ name, url, token, ca = "-" }) => [name, url, token, ca]),
    ),
  );
}

function remove(name: string, { print }: Context): void {
  namedContext(name);
  const { [name]: _, ...others } = readContexts();
  writeContexts(others);
  print(`Removed: ${name}`);
}

/** `sentinel context add|list|remove`: daemons elsewhere, each by a name. Kept on this machine alone. */
export const contextCommands = (context: Context): CommandModule<object, AddFlags & { json?: boolean }>[] => [
  {
    command: "add <name>",
    describe: "Name a daemon, or say anew how it is reached",
    builder: (parser) =>
      parser
        .positional("name", { type: "string", describe: "A name such as prod" })
        .example("sentinel context add prod --url https://sentinel.example.org:8443 --token-file ~/prod.token", ""),
    handler: (flags) => add(flags, context),
  },
  {
    command: "list",
    describe: "List the named daemons, without their tokens",
    handler: (flags) => list(flags, context),
  },
  {
    command: "remove <name>",
    describe: "Forget a named daemon",
    builder: (parser) => parser.positional("name", { type: "string", describe: "Its name" }),
    handler: ({ name = "" }) => remove(name, context),
  },
];
