import type { CommandModule } from "yargs";
import type { Context } from "./context.ts";

export interface ServiceFlags {
  user: string;
  listen?: string | undefined;
  config?: string | undefined;
  root: string;
  print?: boolean | undefined;
  remove?: boolean | undefined;
}

/** Makes a systemd service of this installation: its own user, its own data folder, and nothing else that it may touch. */
export const serviceCommand = (context: Context): CommandModule<object, ServiceFlags> => ({
  command: "install-service",
  describe: "Run the daemon as a systemd service: its own user, sandboxed, started with the machine",
  builder: (parser) =>
    parser
      .option("user", {
        type: "string",
        default: "sentinel",
        requiresArg: true,
        describe: "The user it runs as; made if it isn't there",
      })
      .option("listen", {
        type: "string",
        requiresArg: true,
        describe: "Where it listens, HOST:PORT; if left out, where the configuration says",
      })
      .option("config", { type: "string", requiresArg: true, describe: "A sentinel.yaml that it starts with" })
      .option("root", {
        type: "string",
        default: "/",
        requiresArg: true,
        describe: "Write below this folder and start nothing: for an image",
      })
      .option("print", { type: "boolean", describe: "Only show the unit" })
      .option("remove", { type: "boolean", describe: "Stop the service and take its unit away; the data stays" })
      .example("sudo sentinel install-service", "")
      .example("sentinel install-service --print > sentinel.service", "")
      .epilogue("The data lies in /var/lib/sentinel. `deploy/systemd` has the same unit to be put in place by hand."),
  handler: async (flags) => {
    const { runService } = await import("./run-service.ts");
    runService(flags, context);
  },
});
