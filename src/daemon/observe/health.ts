import type { Result } from "../../shared/api/registry.ts";
import { formatDuration, MINUTE, SECOND } from "../../shared/time.ts";
import type { StateReader } from "../domain/state.ts";
import type { Meters } from "./meters.ts";
import { queues } from "./queues.ts";

type Component = Result<"health.show">["components"][string];

/** What 99 in 100 must keep to. */
const SLOW_MS = SECOND;
/** A notice that waits longer is a channel's trouble, or ours. */
const OLD_NOTICE_MS = 15 * MINUTE;

/** How the daemon itself fares: is it in time, do notices get out, does the disk keep up? */
export function observedHealth(meters: Meters, state: StateReader, now: number): Record<string, Component> {
  return { loop: loopComponent(meters), commits: commitsComponent(meters), outbox: outboxComponent(state, now) };
}

function loopComponent({ loop }: Meters): Component {
  const lagMs = loop.recentP99Ms();
  const detail = `99 % of the last minute's timers at most ${within(lagMs)} late`;
  const todo =
    "the machine has too little processor for it, or another program takes it: see sentinel_event_loop_lag_seconds in /metrics";
  return lagMs > SLOW_MS ? { status: "degraded", detail: `${detail}; ${todo}` } : { status: "ok", detail };
}

function commitsComponent({ commits, stuckMs }: Meters): Component {
  const todo = "the disk of the data folder is too slow, or busy with something else";
  const stuck = stuckMs();
  if (stuck > SLOW_MS)
    return { status: "degraded", detail: `nothing has reached the disk for ${formatDuration(stuck)}; ${todo}` };
  const tookMs = commits.recentP99Ms();
  const detail = `99 % of the last minute's commits on disk within ${within(tookMs)}`;
  return tookMs > SLOW_MS ? { status: "degraded", detail: `${detail}; ${todo}` } : { status: "ok", detail };
}

/** A disabled channel is the business of the component `notify`, and nothing waits for it. */
function outboxComponent(state: StateReader, now: number): Component {
  const entries = [...queues(state)];
  const old = entries.filter(
    ([id, { oldestAt }]) => now - oldestAt > OLD_NOTICE_MS && state.get("channel", id)?.value.disabled === undefined,
  );
  const pending = entries.reduce((sum, [, queue]) => sum + queue.pending, 0);
  if (old.length === 0) return { status: "ok", detail: `${pending} waiting to be told` };
  const said = old.map(([id, { oldestAt }]) => `${id} (${formatDuration(now - oldestAt)})`).join(", ");
  const todo = "`sentinel channel test` says what is wrong with it";
  return {
    status: "degraded",
    detail: `what is to be told waits for over ${formatDuration(OLD_NOTICE_MS)}: ${said}; ${todo}`,
  };
}

const within = (spanMs: number): string => (spanMs === Infinity ? "over a minute" : formatDuration(spanMs));
