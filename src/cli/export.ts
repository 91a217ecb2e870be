import type { CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { portableKinds } from "./portable.ts";

export interface ExportFlags extends Address {
  kinds?: string[] | undefined;
}

export interface ImportFlags extends Address {
  file: string;
  yes?: boolean | undefined;
}

/** What was set up, as JSON lines: to look at, to keep in version control, to take to another Sentinel. */
export const exportCommand = (context: Context): CommandModule<object, ExportFlags> => ({
  command: "export",
  describe: "Print what was set up as JSON lines, one an entity, without any secret",
  builder: (parser) =>
    parser
      .option("kinds", {
        array: true,
        type: "string",
        requiresArg: true,
        coerce: (given: string[]) => given.flatMap((one) => one.split(",")),
        describe: `Only these: ${portableKinds.join(", ")}`,
      })
      .example("sentinel export --kinds host,policy > setup.jsonl", ""),
  handler: async (flags) => {
    const { runExport } = await import("./run-export.ts");
    await runExport(flags, context);
  },
});

/** Such lines again: each is a command like any other, so what it says is checked. */
export const importCommand = (context: Context): CommandModule<object, ImportFlags> => ({
  command: "import <file>",
  describe:
    "Set up what `sentinel export` printed, or what another monitor left; says what it would do until it is told --yes",
  builder: (parser) =>
    parser
      .positional("file", {
        type: "string",
        demandOption: true,
        describe:
          "JSON lines (- for standard input), a healthchecks or Uptime Kuma export, or the predecessor's folder",
      })
      .option("yes", { type: "boolean", describe: "Do it" })
      .example("sentinel import setup.jsonl --yes", "")
      .example("sentinel import /opt/old-monitor --yes", "")
      .epilogue("Nothing is removed. New hosts have new tokens; channels need their secrets, so they are only named."),
  handler: async (flags) => {
    const { runImport } = await import("./run-import.ts");
    await runImport(flags, context);
  },
});
