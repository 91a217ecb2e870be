import type { CommandModule } from "yargs";
import { backupList } from "../shared/api/backup.ts";
import type { CommandSpec } from "../shared/api/command.ts";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { commandFrom } from "./generated.ts";
import { passphraseOption } from "./passphrase.ts";

export interface BackupFlags extends Address {
  to?: string | undefined;
  "passphrase-file"?: string | undefined;
  json?: boolean | undefined;
}

/** Copies the data into one file, whether a daemon runs on it or not. */
export const backupCommand = (context: Context): CommandModule<object, BackupFlags> => ({
  command: "backup",
  describe: "Copy the data into one checksummed file, while the daemon runs or not",
  builder: (parser) =>
    parser
      .option("to", {
        type: "string",
        requiresArg: true,
        describe: "The file that it becomes; else one in the data folder's backups",
      })
      .option("passphrase-file", passphraseOption)
      .command(commandFrom(backupList as unknown as CommandSpec, context))
      .example("sentinel backup --to /mnt/backup/sentinel.tar.gz --passphrase-file ~/.sentinel-passphrase", "")
      .epilogue("Without a passphrase the secrets (webhook addresses and the like) are left out."),
  handler: async (flags) => {
    const { runBackup } = await import("./run-backup.ts");
    await runBackup(flags, context);
  },
});
