import { systemClock } from "../shared/system-clock.ts";
import type { Context } from "./context.ts";
import { readEnvironment } from "./environment.ts";
import { CliFailure, statuses } from "./failure.ts";

/** Runs one command line, says what failed, and ends the process with the status that a script expects. */
export async function runEntry(run: (argv: string[], context: Context) => Promise<void>): Promise<never> {
  let status: number = statuses.done;
  // A pipe takes only so much at once: the rest goes out when somebody has read that.
  let printed: Promise<void> | undefined;
  const context: Context = {
    env: readEnvironment(),
    clock: systemClock,
    print: (text) => void (printed = new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()))),
    warn: (text) => void process.stderr.write(`${text}\n`),
    endWith: (other) => (status = other),
  };
  // `sentinel host list | head` ends early on purpose.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? statuses.done : statuses.failed),
  );
  try {
    await run(process.argv.slice(2), context);
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    context.warn(`sentinel: ${error.message}`);
    status = error.status;
  }
  await printed;
  // Not left to an empty event loop: a closing connection keeps that busy for a second.
  return process.exit(status);
}
