import type { CommandModule } from "yargs";
import type { Context } from "./context.ts";
import { type DaemonFlags, daemonOptions } from "./daemon-options.ts";

interface Flags extends DaemonFlags {
  config?: string | undefined;
  child?: boolean | undefined;
}

/** Runs the daemon in the foreground until a signal ends it. */
export const daemonCommand = (context: Context): CommandModule<object, Flags> => ({
  command: "daemon",
  describe: "Run the daemon in the foreground, without agent and console",
  builder: (parser) =>
    parser
      .options(daemonOptions)
      .option("config", { type: "string", requiresArg: true, describe: "Configuration file (YAML)" })
      // Set by `sentinel up`, whose process decides when this one ends.
      .option("child", { type: "boolean", hidden: true })
      .example("sentinel daemon --data /var/lib/sentinel --listen 127.0.0.1:8080", ""),
  handler: async (flags) => {
    const { runDaemon } = await import("./run-daemon.ts");
    await runDaemon(flags, context);
  },
});
