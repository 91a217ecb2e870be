import type { Argv, CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";

export interface ConfigFlags extends Address {
  file: string;
  json?: boolean | undefined;
  prune?: boolean | undefined;
  "exit-code"?: boolean | undefined;
}

const file = (parser: Argv): Argv => parser.positional("file", { type: "string", describe: "A YAML file" });
const prune = (parser: Argv): Argv =>
  file(parser).option("prune", {
    type: "boolean",
    describe: "Remove what is on the daemon and not in the file, of the sections that the file has",
  });

/** `sentinel config check|plan|apply FILE`. */
export const configCommands = (context: Context): CommandModule<object, ConfigFlags>[] => {
  const form = (
    verb: "check" | "plan" | "apply",
    describe: string,
    builder: (parser: Argv) => Argv,
  ): CommandModule<object, ConfigFlags> => ({
    command: `${verb} <file>`,
    describe,
    builder: (parser) => builder(parser).example(`sentinel config ${verb} sentinel.yaml`, "") as Argv<ConfigFlags>,
    handler: async (flags) => {
      const run = await import("./config/run-config.ts");
      await run[verb](flags, context);
    },
  });
  return [
    form("check", "Check a file by itself: no daemon is asked, and no secret is read", file),
    form("plan", "Show what applying a file would change", (parser) =>
      prune(parser).option("exit-code", { type: "boolean", describe: "End with status 3 if there is a difference" }),
    ),
    form("apply", "Make everything what a file says, in one step or not at all", prune),
  ];
};
