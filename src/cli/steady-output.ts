import type { Writable } from "node:stream";

export interface SteadyOutput {
  /** Writes whole lines, or drops them while the reader has stopped reading. */
  write(text: string): void;
  /** Waits until everything is out, but not for a reader that has stopped. */
  drained(patienceMs: number): Promise<void>;
}

const heldBytes = 256 * 1024;

/**
 * Node writes to a terminal synchronously, so one that stops reading (Ctrl-S, a dead SSH line) would stop the whole
 * process, its timers and its signals. There is no public way to turn that off, so without the handle it stays.
 */
export function unblock(stream: Writable): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (blocking: boolean) => void } };
  handle?.setBlocking?.(false);
}

/** Lines for a terminal or a pipe that may stall at any time, without stalling whoever writes them. */
export function steadyOutput(stream: Writable): SteadyOutput {
  let dropped = 0;
  unblock(stream);
  // A reader that has gone is no reason to stop monitoring.
  stream.on("error", () => {});

  function write(text: string): void {
    if (stream.writableLength > heldBytes) {
      dropped += 1;
      return;
    }
    if (dropped > 0) stream.write(`(${dropped} lines were left out while nobody read them)\n`);
    dropped = 0;
    stream.write(text);
  }

  const drained = (patienceMs: number): Promise<void> =>
    new Promise((resolve) => {
      if (stream.writableLength === 0 || stream.destroyed) return resolve();
      const timer = setTimeout(resolve, patienceMs);
      stream.once("drain", () => (clearTimeout(timer), resolve()));
    });

  return { write, drained };
}
