import type { JobView } from "../../shared/api/job.ts";
import type { Result } from "../../shared/api/registry.ts";
import { alertStates, severities, states } from "../../shared/model.ts";
import { SECOND } from "../../shared/time.ts";
import type { StateReader } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import type { Feed } from "../engine/feed.ts";
import type { Histogram } from "./histogram.ts";
import type { Meters } from "./meters.ts";
import { queues } from "./queues.ts";
import { createTally, type Tally } from "./tally.ts";

interface Sample {
  labels?: Record<string, string | number>;
  value: number;
  /** Of the family's name: a histogram's parts. */
  suffix?: "_bucket" | "_sum" | "_count";
}

/** One metric with all its samples, made when somebody asks. */
export interface Family {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples(): Sample[];
}

interface Sources {
  meters: Meters;
  store: Store;
  feed: Feed;
  version: string;
  health(): Result<"health.show">;
  jobs(): readonly JobView[];
  now(): number;
}

/** All that Sentinel tells of itself. Nothing has a host's name on it: ten thousand hosts would be as many series. */
export function families({ meters, store, feed, version, health, jobs, now }: Sources): Family[] {
  const { state } = store;
  const counter = (name: string, help: string, samples: Family["samples"]): Family => ({
    name: `sentinel_${name}_total`,
    help,
    type: "counter",
    samples,
  });
  const gauge = (name: string, help: string, samples: Family["samples"]): Family => ({
    name: `sentinel_${name}`,
    help,
    type: "gauge",
    samples,
  });
  const histogram = (name: string, help: string, of: Histogram): Family => ({
    name: `sentinel_${name}_seconds`,
    help,
    type: "histogram",
    samples: () => buckets(of),
  });
  return [
    gauge("build_info", "The version that runs; always 1.", () => [{ labels: { version }, value: 1 }]),
    counter("heartbeats", "Heartbeats that came in, by the way they came and what became of them.", () =>
      tallied(meters.heartbeats, "via", "result"),
    ),
    histogram("detection_lag", "From when a deadline fell due to its decision.", meters.detection),
    histogram("commit", "From a decision to its being on disk, in whole milliseconds.", meters.commits),
    gauge("commits_waiting", "Commits that aren't on disk yet.", () => one(state.rev - store.durableRev)),
    counter("journal_bytes", "Bytes written to the journal.", () => one(store.writtenBytes)),
    gauge("outbox_pending", "Notices that wait to be told.", () =>
      Array.from(queues(state), ([channel, { pending }]) => ({ labels: { channel }, value: pending })),
    ),
    gauge("outbox_oldest_seconds", "How long the oldest of them has waited; 0 if none does.", () =>
      Array.from(queues(state), ([channel, { oldestAt }]) => ({
        labels: { channel },
        value: Math.max(0, now() - oldestAt) / SECOND,
      })),
    ),
    counter("deliveries", "Notices tried, by what came of it: sent, retry (it is tried again) or failed.", () =>
      tallied(meters.deliveries, "channel", "result"),
    ),
    histogram("event_loop_lag", "How late timers run, looked at four times a second.", meters.loop),
    gauge("feed_clients", "Those who watch the live feed: consoles, mostly.", () => one(feed.watchers)),
    counter("feed_bytes", "Bytes sent to them.", () => one(feed.sentBytes)),
    gauge("hosts", "Hosts by state.", () => hostsByState(state)),
    gauge("alerts", "Alerts that aren't resolved.", () => openAlerts(state)),
    gauge("job_last_run_timestamp_seconds", "When a job last began a run that has ended.", () =>
      perJob(jobs(), ({ lastAt }) => lastAt && lastAt / SECOND),
    ),
    gauge("job_duration_seconds", "How long its last run took.", () =>
      perJob(jobs(), ({ tookMs }) => (tookMs === undefined ? undefined : tookMs / SECOND)),
    ),
    counter("job_failures", "Runs that failed.", () => perJob(jobs(), ({ failures }) => failures)),
    counter(
      "limited",
      "What asked too often: with a token, one that isn't known (wrong) or none (public); and connections closed as too many.",
      () => tallied(meters.refused, "what", "via"),
    ),
    gauge("component_degraded", "1 for what /api/v1/health calls degraded, else 0.", () =>
      Object.entries(health().components).map(([component, { status }]) => ({
        labels: { component },
        value: status === "ok" ? 0 : 1,
      })),
    ),
  ];
}

/** A sample for each job of which there is something to say. */
const perJob = (jobs: readonly JobView[], valueOf: (job: JobView) => number | undefined): Sample[] =>
  jobs.flatMap((job) => {
    const value = valueOf(job);
    return value === undefined ? [] : [{ labels: { job: job.name }, value }];
  });

const one = (value: number): Sample[] => [{ value }];

const tallied = (tally: Tally, first: string, second: string): Sample[] =>
  Array.from(tally.entries(), ([a, b, value]) => ({ labels: { [first]: a, [second]: b }, value }));

function buckets({ boundsMs, counts, sumMs }: Histogram): Sample[] {
  let count = 0;
  const samples = counts.map((more, bucket): Sample => {
    count += more;
    const bound = boundsMs[bucket];
    return { suffix: "_bucket", labels: { le: bound === undefined ? "+Inf" : bound / SECOND }, value: count };
  });
  return [...samples, { suffix: "_sum", value: sumMs / SECOND }, { suffix: "_count", value: count }];
}

function hostsByState(state: StateReader): Sample[] {
  const counts = new Map<string, number>(states.map((name) => [name, 0]));
  for (const { value } of state.all("status")) counts.set(value.state, (counts.get(value.state) ?? 0) + 1);
  return Array.from(counts, ([name, value]) => ({ labels: { state: name }, value }));
}

function openAlerts(state: StateReader): Sample[] {
  const open = alertStates.filter((name) => name !== "resolved");
  const tally = createTally(...open.flatMap((name) => severities.map((one): [string, string] => [name, one])));
  for (const { value } of state.all("alert")) if (value.state !== "resolved") tally.add(value.state, value.severity);
  return tallied(tally, "state", "severity");
}
