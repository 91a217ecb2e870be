import type { Clock } from "../../shared/time.ts";
import type { LogInput } from "./input.ts";

export interface Progress {
  /** So many lines have been read by now. */
  lines(count: number): void;
  /** Takes the line away. */
  end(): void;
}

const EVERY_MS = 200;
const number = new Intl.NumberFormat("en");

/** A line on a terminal that says how far it is: `1,200,000 lines · 98,000 lines/s · 42 %`. A pipe gets none of it. */
export function createProgress(
  terminal: { isTTY?: boolean; write(text: string): unknown },
  input: LogInput,
  clock: Clock,
): Progress {
  if (terminal.isTTY !== true) return { lines() {}, end() {} };
  const startedAt = clock.now();
  let shownAt = startedAt;
  let shown = false;
  return {
    lines(count) {
      const now = clock.now();
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      shown = true;
      const rate = number.format(Math.round((count * 1_000) / (now - startedAt)));
      const share =
        input.totalBytes === undefined ? "" : ` · ${Math.floor((input.readBytes() * 100) / input.totalBytes)} %`;
      terminal.write(`\r\u001b[K${number.format(count)} lines · ${rate} lines/s${share}`);
    },
    end() {
      if (shown) terminal.write("\r\u001b[K");
    },
  };
}
