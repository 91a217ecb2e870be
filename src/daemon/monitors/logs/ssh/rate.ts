import { SECOND } from "../../../../shared/time.ts";
import type { Wait } from "./steps.ts";

/** How much is read from one machine in a second at most, so that a huge log floods neither the line nor us. */
export const bytesPerSecond = 8 * 1024 * 1024;

/** Waits so long that what was read so far is no faster than that; the first second's worth comes at once. */
export function createPace({ clock, signal }: Wait): (bytes: number) => Promise<void> {
  const startedAt = clock.monotonic();
  let taken = 0;
  return async (bytes) => {
    taken += bytes;
    const aheadMs = (taken / bytesPerSecond - 1) * SECOND - (clock.monotonic() - startedAt);
    if (aheadMs <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(aheadMs, done);
      function done(): void {
        cancel();
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done, { once: true });
    });
  };
}
