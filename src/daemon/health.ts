import { describeGap, lastGap } from "../shared/gap.ts";
import type { Result } from "../shared/api/registry.ts";
import { type Clock, formatDuration, SECOND } from "../shared/time.ts";
import { GAPS_KEY } from "./domain/crash-loop.ts";
import type { StateReader } from "./domain/state.ts";
import type { Store } from "./domain/store.ts";
import type { Feed } from "./engine/feed.ts";

/** Commits may wait this long for the disk before health says so. */
const SLOW_COMMITS = 10_000;

type Component = Result<"health.show">["components"][string];

/** How the monitor itself is: is what it decides reaching the disk, and what does it watch. */
export function createHealth({
  store,
  clock,
  version,
  feed,
  refusing,
  upstream,
}: {
  store: Store;
  clock: Clock;
  version: string;
  feed(): Feed;
  /** Why nothing can be kept just now, if it can't. */
  refusing(): string | undefined;
  /** How telling others about it fares. */
  upstream(): Component;
}): () => Result<"health.show"> {
  const startedAt = clock.monotonic();
  return () => {
    const waiting = store.state.rev - store.durableRev;
    const refused = refusing();
    const storeOk = waiting < SLOW_COMMITS && refused === undefined;
    const clockHealth = clockComponent(store.state, clock.now());
    const upstreamHealth = upstream();
    const allOk = storeOk && clockHealth.status === "ok" && upstreamHealth.status === "ok";
    return {
      status: allOk ? "healthy" : "degraded",
      version,
      uptime_seconds: Math.round((clock.monotonic() - startedAt) / 1000),
      components: {
        store: {
          status: storeOk ? "ok" : "degraded",
          detail: refused ?? `revision ${store.durableRev}, ${waiting} waiting for the disk`,
        },
        clock: clockHealth,
        heartbeat: { status: "ok", detail: `${store.state.count("host")} hosts` },
        feed: { status: "ok", detail: `${feed().watchers} watching` },
        upstream: upstreamHealth,
      },
      timestamp: new Date(clock.now()).toISOString(),
    };
  };
}

/** When the monitor last didn't see time pass, and whether that happens too often. */
function clockComponent(state: StateReader, now: number): Component {
  const last = lastGap(Array.from(state.all("gap"), ({ value }) => value));
  const detail = last ? `${describeGap(last)}, ${sayAgo(now - last.to)}` : "no gap";
  return { status: state.openAlert(GAPS_KEY) ? "degraded" : "ok", detail };
}

const sayAgo = (agoMs: number): string => (agoMs < SECOND ? "just now" : `${formatDuration(agoMs)} ago`);
