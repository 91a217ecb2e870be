import type { Result } from "../../../shared/api/registry.ts";
import { type Clock, formatDuration, sayAgo, SECOND } from "../../../shared/time.ts";
import { cleanText } from "../../../shared/text.ts";
import { createJob, type Job } from "../../domain/job.ts";
import type { Commit } from "../../domain/state.ts";
import type { Store } from "../../domain/store.ts";
import { settingOf } from "../../domain/surroundings.ts";
import { kindOf, reportOf, startOf, type Telling, tellingOf, type UpstreamKind } from "./report.ts";

type Health = Result<"health.show">;

/** What came of one request; the reason holds no secret. */
type Told = { ok: true } | { ok: false; reason: string; retry: boolean; retryAfterMs?: number };

export interface UpstreamOptions {
  store: Store;
  clock: Clock;
  /** Names this life of the monitor to healthchecks.io, a UUID: its start and the first report that gets through. */
  run: string;
  /** Where it is, if anywhere. */
  url(): string | undefined;
  health(): Health;
  /** Sends once, to that place only; never rejects. `pages`: a web page is a fine answer. */
  send(telling: Telling & { pages: boolean; signal: AbortSignal }): Promise<Told>;
}

export interface Upstream {
  readonly jobs: readonly Job[];
  start(): void;
  stop(): Promise<void>;
  /** Tells it now, once, that something is wrong or with no reason that all is well; resolves with whether it heard. */
  tell(wrong: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** How telling it fares, for health. */
  health(): Health["components"][string];
}

const LONGEST_TRY_MS = 10 * SECOND;
const LONGEST_PAUSE_MS = 15 * SECOND;

interface Target {
  url: string;
  kind: UpstreamKind;
  periodMs: number;
  nextAt: number;
}

/**
 * Tells somebody else how this monitor is, on a schedule of its own: silence and bad news both make them speak up. A
 * failed try is followed by two more, all within the period. Another setting takes effect as soon as it is durable.
 */
export function createUpstream({ store, clock, run, url, health, send }: UpstreamOptions): Upstream {
  let target: Target | undefined;
  let told: { at: number; tookMs: number } | undefined;
  let failed: { at: number; reason: string } | undefined;
  let begun = false;
  /** Whether a report has got through. */
  let isKnown = false;
  const job = createJob("upstream", clock, () => (begin(), running));
  let round = new AbortController();
  let cancel = (): void => {};
  let running = Promise.resolve();
  let unsubscribe = (): void => {};

  function follow({ changes }: Commit): void {
    if (!changes.some(({ kind, id }) => kind === "setting" && id === "upstream")) return;
    told = failed = undefined;
    begin();
  }

  /** Who is to be told, if anybody. */
  function aim(): Target | undefined {
    const { enabled, periodMs, kind } = settingOf(store.state, "upstream");
    const address = url();
    if (!enabled || address === undefined) return undefined;
    return { url: address, kind: kind ?? kindOf(address), periodMs, nextAt: clock.now() + periodMs };
  }

  /** Tells now, and again each period. Whatever was still under way is let go. */
  function begin(): void {
    round.abort();
    cancel();
    const aimed = (target = aim());
    job.next(aimed?.periodMs);
    if (!aimed) return;
    cancel = clock.after(aimed.periodMs, begin);
    const { signal } = (round = new AbortController());
    running = job.track(() => tell(aimed, signal)).catch(() => undefined);
  }

  async function tell({ url, kind, periodMs }: Target, signal: AbortSignal): Promise<void> {
    const limitMs = Math.min(LONGEST_TRY_MS, periodMs / 4);
    const start = begun ? undefined : startOf(kind, url, run);
    begun = true;
    if (start) await attempt(start, kind, limitMs, signal);
    for (const share of [1 / 20, 1 / 10, 0]) {
      if (signal.aborted) break;
      const telling = tellingOf(kind, url, reportOf(health()), {
        tookMs: told?.tookMs,
        run: isKnown ? undefined : run,
      });
      const startedAt = clock.monotonic();
      const result: Told = telling ? await attempt(telling, kind, limitMs, signal) : nothing;
      if (signal.aborted) break;
      failed = result.ok ? undefined : { at: clock.now(), reason: result.reason };
      isKnown ||= result.ok;
      if (result.ok) told = { at: clock.now(), tookMs: clock.monotonic() - startedAt };
      if (result.ok || !result.retry || share === 0) break;
      await pause(Math.max(Math.min(LONGEST_PAUSE_MS, periodMs * share), result.retryAfterMs ?? 0), signal);
    }
    // One that was let go of has mended nothing.
    if (failed) throw new Error(failed.reason);
  }

  async function attempt(telling: Telling, kind: UpstreamKind, limitMs: number, signal: AbortSignal): Promise<Told> {
    const limit = new AbortController();
    const stopClock = clock.after(limitMs, () => limit.abort());
    const result = await send({ ...telling, pages: kind === "url", signal: AbortSignal.any([limit.signal, signal]) });
    stopClock();
    if (result.ok || !limit.signal.aborted) return result;
    return { ...result, reason: `no answer in ${formatDuration(limitMs)}` };
  }

  const pause = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const stopClock = clock.after(ms, resolve);
      signal.addEventListener("abort", () => (stopClock(), resolve()), { once: true });
    });

  function sayHealth(): Health["components"][string] {
    if (!target && settingOf(store.state, "upstream").enabled) return { status: "degraded", detail: nowhere };
    if (!target) return { status: "ok", detail: "off" };
    const now = clock.now();
    const parts = [
      `${target.kind}, every ${formatDuration(target.periodMs)}`,
      ...(failed ? [`failed ${sayAgo(now - failed.at)}: ${failed.reason}`] : []),
      told ? `told ${sayAgo(now - told.at)}` : "not told yet",
      `next in ${formatDuration(Math.max(0, target.nextAt - now))}`,
    ];
    return { status: failed ? "degraded" : "ok", detail: parts.join("; ") };
  }

  return {
    jobs: [job],
    start() {
      unsubscribe = store.onDurable(follow);
      begin();
    },
    async stop() {
      round.abort();
      cancel();
      unsubscribe();
      await running;
    },
    async tell(wrong, signal) {
      if (!target) return false;
      const report = wrong === undefined ? reportOf(health()) : { healthy: false, lines: [cleanText(wrong)] };
      const telling = tellingOf(target.kind, target.url, report, { run: isKnown ? undefined : run });
      return telling !== undefined && (await attempt(telling, target.kind, LONGEST_TRY_MS, signal)).ok;
    },
    health: sayHealth,
  };
}

const nowhere = "on, but without a URL: it was set in the configuration, and isn't any more";
const nothing: Told = { ok: false, retry: false, reason: "not told, as a plain URL can't be told what is wrong" };
