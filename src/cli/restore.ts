import type { CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { passphraseOption } from "./passphrase.ts";

export interface RestoreFlags extends Pick<Address, "data"> {
  file: string;
  "to-revision"?: string | undefined;
  "to-time"?: string | undefined;
  "passphrase-file"?: string | undefined;
  "without-secrets"?: boolean | undefined;
  yes?: boolean | undefined;
  json?: boolean | undefined;
}

/** Brings back a backup, all of it or what was there at an earlier revision or time. */
export const restoreCommand = (context: Context): CommandModule<object, RestoreFlags> => ({
  command: "restore <file>",
  describe: "Bring back a backup into the data folder, while no daemon runs on it",
  builder: (parser) =>
    parser
      .positional("file", { type: "string", demandOption: true, describe: "A file that `sentinel backup` made" })
      .option("to-revision", { type: "string", requiresArg: true, describe: "Only up to this revision" })
      .option("to-time", {
        type: "string",
        requiresArg: true,
        describe: "Only up to this time, as in 2026-11-23T08:00Z",
      })
      .option("passphrase-file", passphraseOption)
      .option("without-secrets", { type: "boolean", describe: "Leave the backup's secrets out" })
      .option("yes", { type: "boolean", describe: "Don't ask" })
      .conflicts("to-revision", "to-time")
      .example("sentinel restore sentinel.tar.gz --data /var/lib/sentinel", "")
      .epilogue("What is in the data folder now isn't deleted: it goes into before-restore-… in it."),
  handler: async (flags) => {
    const { runRestore } = await import("./run-restore.ts");
    await runRestore(flags, context);
  },
});
