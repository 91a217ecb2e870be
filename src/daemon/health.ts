import type { Result } from "../shared/api/registry.ts";
import type { Clock } from "../shared/time.ts";
import type { Store } from "./domain/store.ts";
import type { Feed } from "./engine/feed.ts";

/** Commits may wait this long for the disk before health says so. */
const SLOW_COMMITS = 10_000;

/** How the monitor itself is: is what it decides reaching the disk, and what does it watch. */
export function createHealth({
  store,
  clock,
  version,
  feed,
}: {
  store: Store;
  clock: Clock;
  version: string;
  feed(): Feed;
}): () => Result<"health.show"> {
  const startedAt = clock.monotonic();
  return () => {
    const waiting = store.state.rev - store.durableRev;
    const storeOk = waiting < SLOW_COMMITS;
    return {
      status: storeOk ? "healthy" : "degraded",
      version,
      uptime_seconds: Math.round((clock.monotonic() - startedAt) / 1000),
      components: {
        store: {
          status: storeOk ? "ok" : "degraded",
          detail: `revision ${store.durableRev}, ${waiting} waiting for the disk`,
        },
        heartbeat: { status: "ok", detail: `${store.state.count("host")} hosts` },
        feed: { status: "ok", detail: `${feed().watchers} watching` },
      },
      timestamp: new Date(clock.now()).toISOString(),
    };
  };
}
