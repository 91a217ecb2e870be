import type { Target } from "./connect.ts";
import type { Context } from "./context.ts";
import { CliFailure } from "./failure.ts";

/** What a command line of `sentinel` says when it is typed within a console that is connected to `target`. */
export async function askInLines(words: readonly string[], target: Target, context: Context): Promise<string> {
  const { asksDaemon, runProgram } = await import("./program.ts");
  if (!asksDaemon(words))
    return `\`sentinel ${words.join(" ")}\` doesn't ask a daemon: type it in a shell. Here \`sentinel host list\` and its like work.`;
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const env = { ...context.env, url: target.url, token: target.token, context: undefined };
  try {
    await runProgram([...words], { ...context, env, print: say, warn: say, endWith: () => {} });
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    say(error.message);
  }
  return said.join("\n");
}
