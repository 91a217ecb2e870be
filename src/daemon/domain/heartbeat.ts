import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse } from "../../shared/errors.ts";
import type { Beat, Host, Status } from "../../shared/model.ts";
import { DAY, formatDuration, MINUTE } from "../../shared/time.ts";
import { raise, resolve } from "./alert.ts";
import { deadline, type Deadline } from "./deadline.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import type { Change, StateReader } from "./state.ts";

type Heartbeat = Args<"heartbeat.post">;
type Ack = Result<"heartbeat.post">;

const OLDEST_MS = 7 * DAY;
const FUTURE_MS = MINUTE;

export const alertKey = (host: string): string => `heartbeat:${host}`;
const runId = (host: string, rid: string | undefined): string => `${host}:${rid ?? "-"}`;

/**
 * A heartbeat has come in. Its deadline counts from arrival: the client's clock is history. `start` and `log` move
 * nothing; neither does what an agent held back while its line was down.
 */
export function heartbeat(state: StateReader, sent: Heartbeat, { now }: Context): Decision<Ack> {
  const host = state.get("host", sent.host)?.value;
  if (!host)
    return refuse("not_found", `there is no host ${sent.host}; \`sentinel host add ${sent.host}\` registers it`);
  const unfit = misfit(sent, now);
  if (unfit) return refuse("invalid", `${unfit.field}: ${unfit.message}`, [unfit]);
  const outcome = outcomeOf(sent);
  if (sent.buffered || outcome === "log") return recorded(state, sent, host, outcome, now);
  if (outcome === "start") return started(state, sent, host, now);
  return finished(state, sent, host, outcome, now);
}

function misfit(sent: Heartbeat, now: number): { field: string; message: string } | undefined {
  if (sent.at !== undefined && sent.at > now + FUTURE_MS)
    return { field: "at", message: "lies more than 60 s ahead: set the client's clock" };
  if (sent.at !== undefined && sent.at < now - OLDEST_MS)
    return { field: "at", message: "lies more than 7 days back: too old to keep" };
  if (sent.exitCode !== undefined && (sent.status === "start" || sent.status === "log"))
    return { field: "exitCode", message: `goes with ok or fail, not with ${sent.status}` };
  if (sent.buffered && sent.at === undefined)
    return { field: "at", message: "a buffered heartbeat says when it was meant" };
  return undefined;
}

const outcomeOf = ({ status, exitCode }: Heartbeat): NonNullable<Heartbeat["status"]> =>
  exitCode !== undefined && exitCode !== 0 ? "fail" : (status ?? "ok");

/** What stays as it is: the host's last beat and state, with the deadline that they give. */
function unmoved(state: StateReader, id: string, host: Host, now: number, changes: Change[]): Decision<Ack> {
  const dueAt = state.get("beat", id)?.value.dueAt ?? deadline(host, undefined, gapsOf(state)).dueAt;
  return decided(ack(state, id, host, now, dueAt, state.get("status", id)?.value.state ?? "new"), changes);
}

function recorded(state: StateReader, sent: Heartbeat, host: Host, outcome: string, now: number): Decision<Ack> {
  const { host: id, message, metrics, at, run, buffered } = sent;
  const record = { at: now, status: outcome, ...defined({ message, metrics, sentAt: at, run, buffered }) };
  return unmoved(state, id, host, now, [{ kind: "beat", id, record }]);
}

function started(state: StateReader, sent: Heartbeat, host: Host, now: number): Decision<Ack> {
  const run = { host: sent.host, rid: sent.run ?? "-", startedAt: now, dueAt: now + host.graceMs };
  return unmoved(state, sent.host, host, now, [{ kind: "run", id: runId(sent.host, sent.run), value: run }]);
}

function finished(state: StateReader, sent: Heartbeat, host: Host, status: Beat["status"], now: number): Decision<Ack> {
  const { host: id, message, metrics, at, exitCode, run } = sent;
  const running = state.get("run", runId(id, run));
  const due = deadline(host, { at: now });
  const durationMs = running && Math.max(0, now - running.value.startedAt);
  const beat: Beat = {
    at: now,
    dueAt: due.dueAt,
    status,
    ...defined({ message, metrics, sentAt: at, exitCode, durationMs }),
  };
  const changes: Change[] = [{ kind: "beat", id, value: beat }];
  if (running) changes.push({ kind: "run", id: running.id, removed: true });
  const before = state.get("status", id)?.value;
  const after = before && reactTo(beat, host, before, state.get("beat", id)?.value, now);
  if (after && after !== before) changes.push({ kind: "status", id, value: after });
  if (!host.paused) changes.push(...consequence(state, id, host, status, after?.reason ?? "", now));
  return decided(ack(state, id, host, now, due.dueAt, after?.state ?? "up"), changes);
}

function consequence(
  state: StateReader,
  id: string,
  host: Host,
  status: Beat["status"],
  reason: string,
  now: number,
): Change[] {
  return status === "fail" ? raise(state, downAlert(id, host, reason), now) : resolve(state, alertKey(id), reason, now);
}

/** The state that a heartbeat leads to; the very same object when nothing changes, which is nearly always. */
function reactTo(beat: Beat, host: Host, before: Status, last: Beat | undefined, now: number): Status {
  const state = beat.status === "fail" ? "down" : "up";
  if (host.paused) return before.underlying === state ? before : { ...before, underlying: state };
  if (before.state === "up" && state === "up") return before;
  const reason = state === "down" ? failure(beat) : arrival(host, before, last, now);
  return before.state === state ? { ...before, reason } : { state, since: now, reason };
}

const failure = ({ exitCode }: Beat): string =>
  `it reported a failure${exitCode === undefined ? "" : ` (exit status ${exitCode})`}`;

function arrival(host: Host, before: Status, last: Beat | undefined, now: number): string {
  if (!last) return "first heartbeat";
  if (last.status === "fail") return "heartbeat after a reported failure";
  if (before.state === "late") return `heartbeat ${formatDuration(now - last.dueAt)} late`;
  return `heartbeat after ${formatDuration(now - last.at)} of silence, due every ${formatDuration(host.periodMs)}`;
}

const downAlert = (id: string, host: Host, reason: string) => ({
  key: alertKey(id),
  type: "heartbeat",
  severity: "critical" as const,
  host: id,
  title: `${host.name} is down`,
  reason,
});

/** The monitor's own gaps, in order of time. */
export const gapsOf = (state: StateReader) =>
  [...state.all("gap")].map(({ value }) => value).toSorted((a, b) => a.from - b.from);

const ack = (
  state: StateReader,
  host: string,
  { periodMs }: Host,
  at: number,
  dueAt: number,
  hostState: Status["state"],
): Ack => ({
  host,
  rev: state.rev + 1,
  at,
  periodMs,
  dueAt,
  state: hostState,
});

/** Leaves out what is undefined: entities hold no empty fields. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept as never;
}

/** The instant at which a host's state must be looked at again if nothing comes in; undefined when only input can change it. */
export function nextCheckAt(state: StateReader, id: string): number | undefined {
  const host = state.get("host", id)?.value;
  const status = state.get("status", id)?.value;
  if (!host || !status || host.paused) return undefined;
  const due = dueOf(state, id, host);
  if (status.state === "new") return due.downAt;
  if (status.state === "up") return due.lateAt;
  return status.state === "late" ? due.downAt : undefined;
}

const dueOf = (state: StateReader, id: string, host: Host): Deadline =>
  deadline(host, state.get("beat", id)?.value, gapsOf(state));

/** Time has passed: is the host late, or down? */
export function check(state: StateReader, { host: id }: { host: string }, { now }: Context): Decision<undefined> {
  const host = state.get("host", id)?.value;
  const status = state.get("status", id)?.value;
  const checkAt = nextCheckAt(state, id);
  if (!host || !status || checkAt === undefined || checkAt > now) return decided(undefined, []);
  const due = dueOf(state, id, host);
  const reason = silence(host, state.get("beat", id)?.value, status, now);
  if (now < due.downAt)
    return decided(undefined, [{ kind: "status", id, value: { state: "late", since: now, reason } }]);
  return decided(undefined, [
    { kind: "status", id, value: { state: "down", since: now, reason } },
    ...raise(state, downAlert(id, host, reason), now),
  ]);
}

function silence(host: Host, beat: Beat | undefined, status: Status, now: number): string {
  const grace = `grace ${formatDuration(host.graceMs)}`;
  if (beat)
    return `no heartbeat for ${formatDuration(now - beat.at)}, due every ${formatDuration(host.periodMs)}, ${grace}`;
  return `no first heartbeat in ${formatDuration(now - status.since)}, expected within ${formatDuration(host.firstBeatMs)}`;
}
