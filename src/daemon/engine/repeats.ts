import type { Clock } from "../../shared/time.ts";
import type { TrackedJob } from "../domain/job.ts";

/** What is done again and again, as runs of a job if one is given. A run that fails has told why; the next one comes all the same. */
export function createRepeats(clock: Clock) {
  const cancels = new Set<() => void>();

  function every(ms: number, run: () => Promise<void>, job?: TrackedJob): void {
    job?.next(ms);
    const cancel = clock.after(ms, () => {
      cancels.delete(cancel);
      every(ms, run, job);
      (job ? job.track(run) : run()).catch(() => undefined);
    });
    cancels.add(cancel);
  }

  return { every, stop: (): void => cancels.forEach((cancel) => cancel()) };
}
