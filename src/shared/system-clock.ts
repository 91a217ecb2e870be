import type { Clock } from "./time.ts";

// setTimeout holds at most 2^31 - 1 ms and fires at once for more.
const longestMs = 2 ** 31 - 1;

function after(delayMs: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const arm = (leftMs: number): void => {
    const thisMs = Math.min(leftMs, longestMs);
    timer = setTimeout(() => (leftMs > thisMs ? arm(leftMs - thisMs) : run()), thisMs);
  };
  arm(Math.max(0, delayMs));
  return () => clearTimeout(timer);
}

/** The real time: handed in once, by whoever starts a program. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), after };
