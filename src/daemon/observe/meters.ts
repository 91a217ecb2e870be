import type { Delivery } from "../../shared/model.ts";
import { type Clock, SECOND } from "../../shared/time.ts";
import type { Store } from "../domain/store.ts";
import type { Engine, Outcome } from "../engine/engine.ts";
import { createHistogram } from "./histogram.ts";
import { createTally } from "./tally.ts";

/** How often the event loop is asked how late it is. */
const LOOP_TICK_MS = 250;
const SLICE_MS = 10 * SECOND;

export type Meters = ReturnType<typeof createMeters>;

/** What the daemon counts of itself while it works. Whoever asks reads; nothing here is ever sent or kept. */
export function createMeters({ store, clock }: { store: Store; clock: Clock }) {
  const heartbeats = createTally(["http", "ok"], ["ws", "ok"], ["ping", "ok"]);
  const deliveries = createTally();
  const refused = createTally(["token", "http"], ["token", "ws"], ["wrong", "http"], ["public", "http"]);
  /** From when a deadline fell due to its decision. */
  const detection = createHistogram();
  /** From a decision to its being on disk. */
  const commits = createHistogram();
  const loop = createHistogram();
  const histograms = [detection, commits, loop];
  // By the wall clock, as that dates a commit: a step of it must not take anything off the sum.
  const unsubscribe = store.onDurable(({ at }) => commits.observe(Math.max(0, clock.now() - at)));
  let sliceAt = clock.monotonic() + SLICE_MS;
  let movedAt = clock.monotonic();
  let seenRev = store.durableRev;
  let cancel = (): void => {};

  function wait(): void {
    const dueAt = clock.monotonic() + LOOP_TICK_MS;
    cancel = clock.after(LOOP_TICK_MS, () => {
      const now = clock.monotonic();
      loop.observe(Math.max(0, now - dueAt));
      look(now);
      wait();
    });
  }

  function look(now: number): void {
    const { durableRev, state } = store;
    if (durableRev === state.rev || durableRev !== seenRev) [seenRev, movedAt] = [durableRev, now];
    if (now < sliceAt) return;
    sliceAt = now + SLICE_MS;
    for (const histogram of histograms) histogram.slice();
  }

  /** The engine as one entrance uses it: the heartbeats that come in there are counted. */
  function entrance(engine: Engine, via: "http" | "ws"): Engine {
    const counted = (outcome: Promise<Outcome>, by: string = via): Promise<Outcome> =>
      outcome.then((known) => {
        heartbeats.add(by, known.ok ? "ok" : known.code);
        return known;
      });
    return {
      ...engine,
      get refusing() {
        return engine.refusing;
      },
      heartbeat: (args, caller, ping) => counted(engine.heartbeat(args, caller, ping), ping ? "ping" : via),
      execute(name, args, caller, key) {
        const outcome = engine.execute(name, args, caller, key);
        return name === "heartbeat.post" ? counted(outcome) : outcome;
      },
    };
  }

  return {
    heartbeats,
    deliveries,
    /** What asked too often, or was one connection too many. */
    refused,
    detection,
    commits,
    loop,
    entrance,
    /** Counts what came of one try to tell, and passes it on. */
    tried<T extends { ok: true } | { ok: false; retry: boolean }>(told: readonly { delivery: Delivery }[], sent: T): T {
      const result = sent.ok ? "sent" : sent.retry ? "retry" : "failed";
      for (const { delivery } of told) deliveries.add(delivery.channel, result);
      return sent;
    },
    /** For how long nothing has reached the disk although something waits for it. */
    stuckMs: () => (store.durableRev === store.state.rev ? 0 : clock.monotonic() - movedAt),
    start: wait,
    stop(): void {
      cancel();
      unsubscribe();
    },
  };
}
