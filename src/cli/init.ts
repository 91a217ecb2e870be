import type { CommandModule } from "yargs";
import type { Context } from "./context.ts";
import { type DaemonFlags, daemonOptions } from "./daemon-options.ts";

export interface InitFlags extends DaemonFlags {
  config?: string | undefined;
  "public-url"?: string | undefined;
  "discord-file"?: string | undefined;
  test?: boolean | undefined;
  "model-url"?: string | undefined;
  "model-name"?: string | undefined;
  "model-key-file"?: string | undefined;
  "model-http"?: boolean | undefined;
  yes?: boolean | undefined;
  force?: boolean | undefined;
  json?: boolean | undefined;
}

const file = { type: "string", requiresArg: true } as const;

/** From nothing to a configuration that was tried, and the line for the next host. */
export const initCommand = (context: Context): CommandModule<object, InitFlags> => ({
  command: "init",
  describe: "Ask a few things, try them, write sentinel.yaml, and say what to paste on the next host",
  builder: (parser) =>
    parser
      .options(daemonOptions)
      .option("config", {
        ...file,
        describe: "The file to write; default sentinel.yaml here, as root /etc/sentinel/sentinel.yaml",
      })
      .option("public-url", { ...file, describe: "The address that hosts and people reach it by" })
      .option("discord-file", {
        ...file,
        describe: "Tell people on Discord: a file with the webhook's URL; else DISCORD_WEBHOOK_URL",
      })
      .option("test", { type: "boolean", describe: "Send a test to Discord" })
      .option("model-url", { ...file, describe: "A model that explains logs, as in http://127.0.0.1:11434/v1" })
      .option("model-name", { ...file, describe: "What it is called there" })
      .option("model-key-file", { ...file, describe: "A file with its key; else LLM_API_KEY" })
      .option("model-http", { type: "boolean", describe: "Ask it over plain http, in this network" })
      .option("yes", { type: "boolean", describe: "Ask nothing: what isn't said is as it is by default" })
      .option("force", { type: "boolean", describe: "Replace the file that is there" })
      .example("sentinel init", "")
      .example("sentinel init --yes --listen 0.0.0.0:8443 --tls-cert s.crt --tls-key s.key", "")
      .epilogue("Secrets are kept in the data folder, and never in sentinel.yaml."),
  handler: async (flags) => {
    const { runInit } = await import("./init/run.ts");
    await runInit(flags, context);
  },
});
