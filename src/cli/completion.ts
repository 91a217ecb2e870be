import type { CommandModule } from "yargs";
import type { Context } from "./context.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script that completes commands and flags without starting the program for each Tab. */
export const completionCommand = (context: Context): CommandModule<object, { shell: Shell }> => ({
  command: "completion <shell>",
  describe: "Print what completes commands and flags in your shell",
  builder: (parser) =>
    parser
      .positional("shell", { choices: shells, demandOption: true, describe: "bash, zsh or fish" })
      .example("sentinel completion bash > /etc/bash_completion.d/sentinel", "")
      .example("sentinel completion zsh > ~/.zfunc/_sentinel", "")
      .example("sentinel completion fish > ~/.config/fish/completions/sentinel.fish", ""),
  handler: async ({ shell }) => {
    const [{ completionScript }, { describeProgram }] = await Promise.all([
      import("./completion-script.ts"),
      import("./program.ts"),
    ]);
    context.print(completionScript(shell, describeProgram()).trimEnd());
  },
});
