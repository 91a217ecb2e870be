import { isCutOff, noChannelHint, sortChannels } from "../shared/channels.ts";
import { describeGap, lastGap } from "../shared/gap.ts";
import type { Result } from "../shared/api/registry.ts";
import { type Clock, HOUR, sayAgo } from "../shared/time.ts";
import { GAPS_KEY } from "./domain/crash-loop.ts";
import { isOfLine } from "./domain/line-hold.ts";
import type { StateReader } from "./domain/state.ts";
import type { Store } from "./domain/store.ts";
import type { Feed } from "./engine/feed.ts";
import type { Jobs } from "./jobs.ts";

type Component = Result<"health.show">["components"][string];

/** Commits may wait this long for the disk before health says so. */
const SLOW_COMMITS = 10_000;
/** No clock that is right shows an earlier time. */
const MADE_AT = Date.UTC(2026, 0, 1);

/** How the monitor itself is: is what it decides reaching the disk, and what does it watch. */
export function createHealth({
  store,
  clock,
  version,
  feed,
  refusing,
  upstream,
  observed,
  backup,
  retention,
  jobs,
  line,
  logs,
}: {
  store: Store;
  clock: Clock;
  version: string;
  feed(): Feed;
  /** Why nothing can be kept just now, if it can't. */
  refusing(): string | undefined;
  /** How telling others about it fares. */
  upstream(): Component;
  /** What the daemon counts of itself says. */
  observed(): Record<string, Component>;
  /** How the daily backup fares. */
  backup(): Component;
  /** How keeping history fares. */
  retention(): Component;
  /** What runs of its own accord. */
  jobs: Pick<Jobs, "list" | "health">;
  /** How the internet line is. */
  line(): Component;
  /** How reading logs fares. */
  logs(): Component;
}): () => Result<"health.show"> {
  const startedAt = clock.monotonic();
  return () => {
    const components: Record<string, Component> = {
      store: storeComponent(store, refusing()),
      clock: clockComponent(store, clock.now()),
      notify: notifyComponent(store.state),
      heartbeat: { status: "ok", detail: `hosts: ${store.state.count("host")}` },
      feed: { status: "ok", detail: `${feed().watchers} watching` },
      upstream: upstream(),
      ...observed(),
      backup: backup(),
      retention: retention(),
      jobs: jobs.health(),
      line: line(),
      logs: logs(),
    };
    return {
      status: Object.values(components).every(({ status }) => status === "ok") ? "healthy" : "degraded",
      version,
      uptime_seconds: Math.round((clock.monotonic() - startedAt) / 1000),
      components,
      jobs: jobs.list().items,
      timestamp: new Date(clock.now()).toISOString(),
    };
  };
}

function storeComponent({ state, durableRev }: Store, refused: string | undefined): Component {
  const waiting = state.rev - durableRev;
  return {
    status: waiting < SLOW_COMMITS && refused === undefined ? "ok" : "degraded",
    detail: refused ?? `revision ${durableRev}, ${waiting} waiting for the disk`,
  };
}

/** Whether notices get out. Health is public: it names channels, and leaves what their providers answer to those who may ask. */
function notifyComponent(state: StateReader): Component {
  const entries = Array.from(state.all("channel"), ({ id, value }) => [id, value] as const);
  const channels = sortChannels(entries, (key) => state.openAlert(key)?.value.reason);
  if (entries.length === 0) return { status: "ok", detail: noChannelHint };
  const names = channels.broken.map(({ id }) => id).join(", ");
  if (isCutOff(channels)) {
    const todo = "`sentinel channel test` says why, `sentinel channel add` sets one up anew";
    return { status: "degraded", detail: `no channel works, nobody is told (${names}): ${todo}` };
  }
  const counts = `${channels.working.length} of ${entries.length} channels work`;
  return { status: "ok", detail: names ? `${counts}; not ${names}` : counts };
}

/** What is wrong with a clock that shows a time long before the data, or this version, was made. */
export function clockTrouble({ lastPulseAt = 0 }: Pick<Store, "lastPulseAt">, now: number): string | undefined {
  const been = Math.max(lastPulseAt, MADE_AT);
  if (now > been - HOUR) return undefined;
  return `the clock shows ${iso(now)}, but ${iso(been)} has been already: set it, and let NTP keep it`;
}

const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

/** When the monitor last didn't see time pass, and whether that happens too often. */
function clockComponent(store: Store, now: number): Component {
  const trouble = clockTrouble(store, now);
  if (trouble !== undefined) return { status: "degraded", detail: trouble };
  const { state } = store;
  const last = lastGap(state.gaps().filter((gap) => !isOfLine(gap)));
  const detail = last ? `${describeGap(last)}, ${sayAgo(now - last.to)}` : "no gap";
  return { status: state.openAlert(GAPS_KEY) ? "degraded" : "ok", detail };
}
