import type { CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { retriesOption } from "./retries.ts";

export interface RunFlags extends Address {
  host?: string | undefined;
  retries?: string | undefined;
  /** The job: what stands behind `--`. */
  "--"?: string[] | undefined;
}

/** Wraps a job: its start, how long it took, how it ended and its last lines become a host's run. */
export const runCommand = (context: Context): CommandModule<object, RunFlags> => ({
  command: "run [host]",
  describe: "Run a job (behind --) and report its start, duration, exit status and last lines",
  builder: (parser) =>
    parser
      .positional("host", {
        type: "string",
        describe: "The host that the job stands for; without it SENTINEL_PING_URL says where to report",
      })
      .option("retries", retriesOption)
      .example("sentinel run backup --token-file /etc/sentinel/backup.token -- /usr/local/bin/backup --all", "")
      .example("SENTINEL_PING_URL=… sentinel run -- /usr/local/bin/backup", "")
      .epilogue(
        "Ends with the job's own status (128 + n for signal n, 127 if there is no such program). A daemon that " +
          "can't be reached neither stops nor delays the job.",
      ),
  handler: async (flags) => {
    const { runJob } = await import("./run/run-job.ts");
    await runJob(flags, context);
  },
});
