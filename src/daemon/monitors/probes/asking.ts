import type { Probe } from "../../../shared/model.ts";
import { type Clock, formatDuration, SECOND } from "../../../shared/time.ts";
import type { Ran } from "../../domain/probe-run.ts";
import type { Outcome, ProbeKind } from "./kind.ts";

/** How long after its time limit a kind may take to say that it was reached. */
const PATIENCE_MS = SECOND;

/** Asks once, whatever it is: what doesn't end in time has failed. Rejects with a bug of the kind alone. */
export function createAsking({
  clock,
  find,
  ending,
}: {
  clock: Clock;
  find(type: string): ProbeKind | undefined;
  /** Nobody wants to know any more. */
  ending: AbortSignal;
}) {
  return async (id: string, { type, options }: Pick<Probe, "type" | "options">, timeoutMs: number): Promise<Ran> => {
    const at = clock.now();
    const kind = find(type);
    const parsed = kind?.options.safeParse(options);
    if (!kind || !parsed?.success)
      return { id, at, outcome: { ok: false, reason: `this version knows no such ${type} probe` } };
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, ending]);
    const late = new Promise<Outcome>((resolve) => {
      const reason = `${kind.title(parsed.data)}: no end after ${formatDuration(timeoutMs)}`;
      signal.addEventListener("abort", () => resolve({ ok: false, reason }), { once: true });
    });
    const stopClock = clock.after(timeoutMs + PATIENCE_MS, () => limit.abort());
    const attempt = { signal, timeoutMs, now: clock.now, elapsed: clock.monotonic };
    try {
      return { id, at, outcome: await Promise.race([kind.run(parsed.data, attempt), late]) };
    } finally {
      stopClock();
      // A signal of several that something listens to is kept until it is aborted.
      limit.abort();
    }
  };
}
