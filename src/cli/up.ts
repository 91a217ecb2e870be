import type { CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { type DaemonFlags, daemonOptions } from "./daemon-options.ts";

export type UpFlags = Address & DaemonFlags;

/** What `npm start` runs: everything on this machine, ended together. */
export const upCommand = (context: Context): CommandModule<object, UpFlags> => ({
  command: "up",
  describe: "Start the daemon and this machine's agent, and open the console",
  builder: (parser) =>
    parser.options(daemonOptions).example("sentinel up --listen 127.0.0.1:8081 --data ~/sentinel", ""),
  handler: async (flags) => {
    const { runUp } = await import("./up/run.ts");
    context.endWith(await runUp(flags, context));
  },
});
