import { pino } from "pino";
import type { Logger } from "pino";
import { prettyFactory } from "pino-pretty";
import { steadyOutput } from "./steady-output.ts";

/** The daemon's log on standard error: JSON lines, or words and colours on a terminal. */
export function createLog(level: string): { log: Logger; flush(): Promise<void> } {
  const output = steadyOutput(process.stderr);
  const prettify = prettyFactory({
    colorize: process.stderr.hasColors?.() ?? false,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss",
  });
  const write = process.stderr.isTTY ? (line: string) => output.write(prettify(line) ?? line) : output.write;
  return {
    log: pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write }),
    flush: () => output.drained(300),
  };
}
