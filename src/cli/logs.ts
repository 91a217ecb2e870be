import type { Argv, CommandModule } from "yargs";
import type { Context } from "./context.ts";

export interface LogFlags {
  file?: string | undefined;
  json?: boolean | undefined;
  "hide-addresses"?: boolean | undefined;
  "hide-users"?: boolean | undefined;
  "message-only"?: boolean | undefined;
  assign?: boolean | undefined;
  "fail-on"?: "critical" | "warning" | undefined;
}

const messageOnly = {
  type: "boolean",
  describe: "The lines are messages alone: no time, host or program is before them",
} as const;

/** `sentinel logs redact|templates|analyze [FILE]`: on any file, with no daemon. */
export const logsCommands = (context: Context): CommandModule<object, LogFlags>[] => {
  const form = (
    verb: "redact" | "templates" | "analyze",
    describe: string,
    json: string,
    builder: (parser: Argv) => Argv,
  ): CommandModule<object, LogFlags> => ({
    command: `${verb} [file]`,
    describe,
    builder: (parser) =>
      builder(
        parser
          .positional("file", { type: "string", describe: "A log, gzipped or not; - or none: standard input" })
          .option("hide-addresses", { type: "boolean", describe: "Give every address another name" })
          .option("hide-users", { type: "boolean", describe: "Give every user another name" })
          .epilogue(`Works on this machine alone: no daemon is asked, and nothing is kept.\n\nWith --json: ${json}`),
      ),
    handler: async (flags) => {
      const run = await import("./logs/run-logs.ts");
      await run[verb](flags, context);
    },
  });
  return [
    form(
      "redact",
      "Print a log with the secrets in it replaced, and what no terminal should be sent left out",
      "a line each, {line, text} or {line, withheldBytes}. The same secret has the same placeholder within one run.",
      (parser) => parser.example("journalctl -u app | sentinel logs redact > app.log", ""),
    ),
    form(
      "templates",
      "Show which kinds of line a log is made of, and how many of each",
      "{lines, withheld, templates: [{id, count, text}]}; with --assign: [id, …], one a line, null for one withheld.",
      (parser) =>
        parser
          .option("message-only", messageOnly)
          .option("assign", { type: "boolean", describe: "Print the id of each line's template instead, in order" })
          .example("sentinel logs templates /var/log/syslog", ""),
    ),
    form(
      "analyze",
      "Say what a log shows: attacks, crashes, faults, each with the lines that bear it out",
      "{lines, withheld, firstAt?, lastAt?, redactions: {total, kinds}, templates, findings: [{key, rule, severity, " +
        "score, title, why, source?, user?, count, firstAt?, lastAt?, evidence: [{line, text}], templates}]}; times are epoch ms.",
      (parser) =>
        parser
          .option("message-only", messageOnly)
          .option("fail-on", {
            choices: ["critical", "warning"] as const,
            requiresArg: true,
            describe: "End with status 1 if there is a finding as grave as this, or graver",
          })
          .example("sentinel logs analyze /var/log/auth.log", "")
          .example("sentinel logs analyze --fail-on critical --json access.log.1.gz", ""),
    ),
  ];
};
