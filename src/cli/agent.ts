import type { CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";

export interface AgentFlags extends Address {
  host?: string | undefined;
  child?: boolean | undefined;
}

/** Posts this machine's heartbeats until a signal ends it. */
export const agentCommand = (context: Context): CommandModule<object, AgentFlags> => ({
  command: "agent",
  describe: "Send this machine's heartbeats, with load, memory, disk and uptime",
  builder: (parser) =>
    parser
      .option("host", {
        type: "string",
        requiresArg: true,
        describe: "The id under which this machine is registered; default its name",
      })
      // Set by `sentinel up`, whose process decides when this one ends.
      .option("child", { type: "boolean", hidden: true })
      .example("sentinel agent --host web01 --url http://monitor:8080 --token-file /etc/sentinel/token", ""),
  handler: async (flags) => {
    const { runAgent } = await import("./run-agent.ts");
    await runAgent(flags, context);
  },
});
