import { isatty } from "node:tty";

const passed = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
const fromKeyboard = new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT"]);
const ending = new Set<NodeJS.Signals>(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"]);

/**
 * A terminal sends its keys' signals to the whole group, so that the job has them already. (Asked by number: to touch
 * `process.stdin` would take the job's own standard input out of blocking mode.)
 */
const hasTerminal = (): boolean => [0, 1, 2].some(isatty);

/** Passes this process's signals on, and says when one asks for the end. */
export function passSignals(pass: (signal: NodeJS.Signals) => void, onEnding: () => void): void {
  for (const signal of passed) {
    process.on(signal, () => {
      if (!(fromKeyboard.has(signal) && hasTerminal())) pass(signal);
      if (ending.has(signal)) onEnding();
    });
  }
}
