import type { Clock } from "../../shared/time.ts";

/** What is done again and again. A run that fails has told why; the next one comes all the same. */
export function createRepeats(clock: Clock) {
  const cancels = new Set<() => void>();

  function every(ms: number, run: () => Promise<void>): void {
    const cancel = clock.after(ms, () => {
      cancels.delete(cancel);
      every(ms, run);
      run().catch(() => undefined);
    });
    cancels.add(cancel);
  }

  return { every, stop: (): void => cancels.forEach((cancel) => cancel()) };
}
