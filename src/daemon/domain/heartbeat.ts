import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse } from "../../shared/errors.ts";
import type { Beat, Entity, Host, Run, Status } from "../../shared/model.ts";
import { describeSchedule } from "../../shared/schedule/schedule.ts";
import { DAY, formatDuration, MINUTE } from "../../shared/time.ts";
import { raise, resolve, type Trouble } from "./alert.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { almanacOf, dueTimes } from "./due.ts";
import type { Change, StateReader } from "./state.ts";
import { scheduleOf, surroundingsOf } from "./surroundings.ts";

type Heartbeat = Args<"heartbeat.post">;
type Ack = Result<"heartbeat.post">;

const OLDEST_MS = 7 * DAY;
const FUTURE_MS = MINUTE;

export const alertKey = (host: string): string => `heartbeat:${host}`;
export const runId = (host: string, rid: string | undefined): string => `${host}:${rid ?? "-"}`;

/** What one heartbeat is decided from. */
interface Scene {
  state: StateReader;
  sent: Heartbeat;
  host: Host;
  context: Context;
}

/**
 * A heartbeat has come in. Its deadline counts from arrival: the client's clock is history. `start` and `log` move
 * nothing; neither does what an agent held back while its line was down.
 */
export function heartbeat(state: StateReader, sent: Heartbeat, context: Context): Decision<Ack> {
  const host = state.get("host", sent.host)?.value;
  if (!host)
    return refuse("not_found", `there is no host ${sent.host}; \`sentinel host add ${sent.host}\` registers it`);
  const unfit = misfit(sent, context.now);
  if (unfit) return refuse("invalid", `${unfit.field}: ${unfit.message}`, [unfit]);
  const scene = { state, sent, host, context };
  const outcome = outcomeOf(sent);
  if (sent.buffered || outcome === "log") return recorded(scene, outcome);
  return outcome === "start" ? started(scene) : finished(scene, outcome);
}

function misfit(sent: Heartbeat, now: number): { field: string; message: string } | undefined {
  const { at, exitCode, status, buffered } = sent;
  if (at !== undefined && at > now + FUTURE_MS)
    return { field: "at", message: "lies more than 60 s ahead: set the client's clock" };
  if (at !== undefined && at < now - OLDEST_MS)
    return { field: "at", message: "lies more than 7 days back: too old to keep" };
  if (exitCode !== undefined && (status === "start" || status === "log"))
    return { field: "exitCode", message: `goes with ok or fail, not with ${status}` };
  if (buffered && at === undefined) return { field: "at", message: "a buffered heartbeat says when it was meant" };
  return undefined;
}

const outcomeOf = ({ status, exitCode }: Heartbeat): NonNullable<Heartbeat["status"]> =>
  exitCode !== undefined && exitCode !== 0 ? "fail" : (status ?? "ok");

/** What stays as it is: the host's last beat and state, with the deadline that they give. */
function unmoved({ state, sent, host, context }: Scene, changes: Change[]): Decision<Ack> {
  const id = sent.host;
  const dueAt = state.get("beat", id)?.value.dueAt ?? dueTimes(id, host, undefined, almanacOf(state)).dueAt;
  return decided(ack(state, id, host, context.now, dueAt, state.get("status", id)?.value.state ?? "new"), changes);
}

/** History only. */
function record({ sent, context }: Scene, status: string): Change {
  const { host: id, message, metrics, at, run, buffered } = sent;
  const said = {
    at: context.now,
    status,
    ...defined({ message, metrics, sentAt: at, run, buffered, body: context.body }),
  };
  return { kind: "beat", id, record: said };
}

const recorded = (scene: Scene, outcome: string): Decision<Ack> => unmoved(scene, [record(scene, outcome)]);

function started(scene: Scene): Decision<Ack> {
  const { state, sent, host, context } = scene;
  const { now } = context;
  const dueAt =
    host.maxRunMs === undefined ? dueTimes(sent.host, host, { at: now }, almanacOf(state)).downAt : now + host.maxRunMs;
  const run: Run = { host: sent.host, rid: sent.run ?? "-", startedAt: now, dueAt };
  const kept = context.body === undefined ? [] : [record(scene, "start")];
  return unmoved(scene, [{ kind: "run", id: runId(sent.host, sent.run), value: run }, ...kept]);
}

function finished(scene: Scene, said: Beat["status"]): Decision<Ack> {
  const { state, sent, context } = scene;
  const { now } = context;
  const { host: id, message, metrics, at, exitCode, run } = sent;
  const before = state.get("status", id)?.value;
  const host =
    context.resumes && said === "ok" && scene.host.paused
      ? { ...scene.host, paused: false, updatedAt: now }
      : scene.host;
  const running = state.get("run", runId(id, run));
  const durationMs = running && Math.max(0, now - running.value.startedAt);
  const tooShort = said === "ok" && durationMs !== undefined && durationMs < (host.minRunMs ?? 0);
  const status = tooShort ? "fail" : said;
  // Nothing that was recorded of the monitor's own absence lies after now.
  const due = dueTimes(id, host, { at: now }, { gaps: [], surroundings: surroundingsOf(state) });
  const extra = defined({ message, metrics, sentAt: at, exitCode, durationMs, body: context.body });
  const beat: Beat = { at: now, dueAt: due.dueAt, status, ...extra };
  const changes: Change[] = [{ kind: "beat", id, value: beat }, ...ended(state, id, running, status)];
  if (host !== scene.host) changes.push({ kind: "host", id, value: host });
  const failure = tooShort ? tooSoon(durationMs, host) : failureOf(beat);
  const after = before && reactTo(beat, host, before, failure, { state, id, now });
  if (after && after !== before) changes.push({ kind: "status", id, value: after });
  if (after) changes.push(...consequence(state, id, host, after, status, failure, now));
  return decided(ack(state, id, host, now, due.dueAt, after?.state ?? "up"), changes);
}

/** The run that this ends; a failure that names none of them ends all, as nothing will be heard of them any more. */
function ended(state: StateReader, id: string, running: Entity<"run"> | undefined, status: Beat["status"]): Change[] {
  if (running) return [{ kind: "run", id: running.id, removed: true }];
  if (status === "ok" || state.count("run") === 0) return [];
  const all = [...state.all("run")].filter(({ value }) => value.host === id);
  return all.map(({ id: run }) => ({ kind: "run", id: run, removed: true }));
}

/** While nobody is to be alarmed (paused, off-hours) a failure raises nothing; a recovery always resolves. */
function consequence(
  state: StateReader,
  id: string,
  host: Host,
  after: Status,
  status: Beat["status"],
  failure: string,
  now: number,
): Change[] {
  if (status === "ok") return resolve(state, alertKey(id), after.underlying ? "heartbeat" : after.reason, now);
  return after.underlying ? [] : raise(state, downAlert(id, host, failure), now);
}

/** The state that a heartbeat leads to; the very same object when nothing changes, which is nearly always. */
function reactTo(
  beat: Beat,
  host: Host,
  before: Status,
  failure: string,
  { state, id, now }: { state: StateReader; id: string; now: number },
): Status {
  const next = beat.status === "fail" ? "down" : "up";
  const aside = host.paused || before.state === "off-hours";
  if (aside) return before.underlying === next ? before : { ...before, underlying: next, underlyingSince: now };
  if (before.state === "up" && next === "up") return before;
  const reason = next === "down" ? failure : arrival(host, before, state.get("beat", id)?.value, now);
  return before.state === next ? { ...before, reason } : { state: next, since: now, reason };
}

const failureOf = ({ exitCode }: Beat): string =>
  `it reported a failure${exitCode === undefined ? "" : ` (exit status ${exitCode})`}`;

const tooSoon = (durationMs: number, { minRunMs = 0 }: Host): string =>
  `its run ended after ${formatDuration(durationMs)}, expected to take at least ${formatDuration(minRunMs)}`;

function arrival(host: Host, before: Status, last: Beat | undefined, now: number): string {
  if (before.state === "paused") return "resumed by its heartbeat";
  if (!last) return "first heartbeat";
  if (last.status === "fail") return "heartbeat after a reported failure";
  if (before.state === "late" && now <= last.dueAt) return "heartbeat in time";
  if (before.state === "late") return `heartbeat ${formatDuration(now - last.dueAt)} late`;
  return `heartbeat after ${formatDuration(now - last.at)} of silence, ${expectation(host)}`;
}

/** When heartbeats are expected, in words. */
export const expectation = (host: Host): string => `due ${describeSchedule(scheduleOf(host))}`;

export const downAlert = (id: string, host: Host, reason: string): Trouble => ({
  key: alertKey(id),
  type: "heartbeat",
  severity: "critical",
  host: id,
  title: `${host.name} is down`,
  reason,
});

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
  periodMs: periodMs ?? Math.max(0, dueAt - at),
  dueAt,
  state: hostState,
});

/** Leaves out what is undefined: entities hold no empty fields. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept as never;
}
