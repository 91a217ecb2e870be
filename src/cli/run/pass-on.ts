import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../shared/time.ts";
import { unblock } from "../steady-output.ts";
import type { Tail } from "./tail.ts";

export interface Passage {
  /** The job has ended: passes on what is still on its way, and no more. */
  finish(): Promise<void>;
}

const quietMs = 500;
/** More than a pipe ever holds is no rest of the job's: something that it started goes on writing. */
const restBytes = 1024 * 1024;

/** Passes a job's output on as it comes, at the pace of whoever reads it, and keeps its end. */
export function passOn(source: Readable, sink: Writable, tail: Tail, clock: Clock): Passage {
  let passedBytes = 0;
  let isEnded = false;
  const ended = new Promise<void>((resolve) => void source.once("close", () => ((isEnded = true), resolve())));
  unblock(sink);
  // The reader has gone: the job hears of it at its next write, as it would without us.
  sink.removeAllListeners("error").on("error", () => source.destroy());
  // Nothing more can be read.
  source.on("error", () => source.destroy());
  source.on("data", (chunk: Buffer) => {
    passedBytes += chunk.length;
    tail.keep(chunk);
    if (!sink.write(chunk)) source.pause();
  });
  sink.on("drain", () => source.resume());

  /** What the job left running may hold the pipe open for good; that isn't waited for. */
  function watchRest(from: number, before: number): void {
    if (isEnded) return;
    const isQuiet = !source.isPaused() && passedBytes === before;
    if (isQuiet || passedBytes - from > restBytes) source.destroy();
    else clock.after(quietMs, () => watchRest(from, passedBytes));
  }

  async function finish(): Promise<void> {
    const from = passedBytes;
    if (!isEnded) clock.after(quietMs, () => watchRest(from, from));
    await ended;
    if (sink.writableLength > 0 && !sink.destroyed)
      await new Promise<void>((resolve) => sink.write("", () => resolve()));
  }

  return { finish };
}
