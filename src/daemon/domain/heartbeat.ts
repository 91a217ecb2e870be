import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Beat, Entity, Host, Run, Status } from "../../shared/model.ts";
import { describeSchedule } from "../../shared/schedule/schedule.ts";
import { DAY, formatDuration, MINUTE } from "../../shared/time.ts";
import { deadline } from "./deadline.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import { almanacOf, dueTimes } from "./due.ts";
import { difference, type Facts, factsOf } from "./facts.ts";
import { beginOutage, endOutage } from "./outage.ts";
import type { Change, StateReader } from "./state.ts";
import { rulesOf, scheduleOf, surroundingsOf } from "./surroundings.ts";

type Heartbeat = Args<"heartbeat.post">;
type Ack = Result<"heartbeat.post">;

const OLDEST_MS = 7 * DAY;
const FUTURE_MS = MINUTE;

export const runId = (host: string, rid: string | undefined): string => `${host}:${rid ?? "-"}`;

/** What one heartbeat is decided from. */
interface Scene extends Facts {
  state: StateReader;
  id: string;
  sent: Heartbeat;
  context: Context;
}

/**
 * A heartbeat has come in. Its deadline counts from arrival: the client's clock is history. `start` and `log` move
 * nothing; neither does what an agent held back while its line was down.
 */
export function heartbeat(state: StateReader, sent: Heartbeat, context: Context): Decision<Ack> {
  const id = sent.host;
  const facts = factsOf(state, id);
  if (!facts) return refuse("not_found", `there is no host ${id}; \`sentinel host add ${id}\` registers it`);
  const unfit = misfit(sent, context.now);
  if (unfit) return unfit;
  const scene = { ...facts, state, id, sent, context };
  const outcome = outcomeOf(sent);
  if (sent.buffered || outcome === "log") return unmoved(scene, [record(scene, outcome)]);
  return outcome === "start" ? started(scene) : finished(scene, outcome);
}

function misfit({ at, exitCode, status, buffered }: Heartbeat, now: number): Refusal | undefined {
  if (at !== undefined && at > now + FUTURE_MS)
    return refuseField("at", "lies more than 60 s ahead: set the client's clock");
  if (at !== undefined && at < now - OLDEST_MS) return refuseField("at", "lies more than 7 days back: too old to keep");
  if (exitCode !== undefined && (status === "start" || status === "log"))
    return refuseField("exitCode", `goes with ok or fail, not with ${status}`);
  if (buffered && at === undefined) return refuseField("at", "a buffered heartbeat says when it was meant");
  return undefined;
}

const outcomeOf = ({ status, exitCode }: Heartbeat): NonNullable<Heartbeat["status"]> =>
  exitCode !== undefined && exitCode !== 0 ? "fail" : (status ?? "ok");

/** What stays as it is: the host's last beat and state, with the deadline that they give. */
function unmoved(scene: Scene, changes: Change[]): Decision<Ack> {
  const { state, id, host, beat, status } = scene;
  const dueAt = beat?.dueAt ?? dueTimes(id, host, undefined, almanacOf(state)).dueAt;
  return decided(ack(scene, dueAt, status.state), changes);
}

/** History only. */
function record({ id, sent, context }: Scene, status: string): Change {
  const { message, metrics, at: sentAt, run, buffered } = sent;
  const extra = defined({ message, metrics, sentAt, run, buffered, body: context.body });
  return { kind: "beat", id, record: { at: context.now, status, ...extra } };
}

function started(scene: Scene): Decision<Ack> {
  const { state, id, host, sent, context } = scene;
  const { now } = context;
  const dueAt =
    host.maxRunMs === undefined ? dueTimes(id, host, { at: now }, almanacOf(state)).downAt : now + host.maxRunMs;
  const run: Run = { host: id, rid: sent.run ?? "-", startedAt: now, dueAt };
  const kept = context.body === undefined ? [] : [record(scene, "start")];
  return unmoved(scene, [{ kind: "run", id: runId(id, sent.run), value: run }, ...kept]);
}

function finished(scene: Scene, said: Beat["status"]): Decision<Ack> {
  const { state, id, sent, context } = scene;
  const { now, body } = context;
  const { message, metrics, at: sentAt, exitCode } = sent;
  const resumed = context.resumes && said === "ok" && scene.host.paused;
  const host = resumed ? { ...scene.host, paused: false, updatedAt: now } : scene.host;
  const running = state.count("run") === 0 ? undefined : state.get("run", runId(id, sent.run));
  const durationMs = running && Math.max(0, now - running.value.startedAt);
  const tooShort = said === "ok" && durationMs !== undefined && durationMs < (host.minRunMs ?? 0);
  const outcome = tooShort ? "fail" : said;
  // Nothing that was recorded of the monitor's own absence lies after now.
  const { dueAt } = deadline(rulesOf(id, host, surroundingsOf(state)), host, { at: now });
  const extra = defined({ message, metrics, sentAt, exitCode, durationMs, body });
  const beat: Beat = { at: now, dueAt, status: outcome, ...extra };
  const failure = tooShort ? tooSoon(durationMs, host) : failureOf(beat);
  const status = reactTo(scene, host, outcome, failure);
  const changes = difference(id, scene, { host, status, beat });
  changes.push(...ended(state, id, running, outcome), ...consequence(scene, status, outcome, failure));
  return decided(ack(scene, dueAt, status.state), changes);
}

/** The run that this ends; a failure that names none of them ends all, as nothing will be heard of them any more. */
function ended(state: StateReader, id: string, running: Entity<"run"> | undefined, outcome: Beat["status"]): Change[] {
  if (running) return [{ kind: "run", id: running.id, removed: true }];
  if (outcome === "ok" || state.count("run") === 0) return [];
  const all = [...state.all("run")].filter(({ value }) => value.host === id);
  return all.map(({ id: run }) => ({ kind: "run", id: run, removed: true }));
}

/** While nobody is to be alarmed (paused, off-hours) a failure raises nothing; a recovery always resolves. */
function consequence(scene: Scene, after: Status, outcome: Beat["status"], failure: string): Change[] {
  const { state, id, host, context } = scene;
  if (outcome === "ok") return endOutage(state, id, after.underlying ? "heartbeat" : after.reason, context.now);
  return after.underlying ? [] : beginOutage(state, id, host, failure, context.now);
}

/** The state that a heartbeat leads to; the very same object when nothing changes, which is nearly always. */
function reactTo(scene: Scene, host: Host, outcome: Beat["status"], failure: string): Status {
  const { status: before, context } = scene;
  const { now } = context;
  const next = outcome === "fail" ? "down" : "up";
  const aside = host.paused || before.state === "off-hours";
  if (aside) return before.underlying === next ? before : { ...before, underlying: next, underlyingSince: now };
  if (before.state === "up" && next === "up") return before;
  const reason = next === "down" ? failure : arrival(scene, now);
  return before.state === next ? { ...before, reason } : { state: next, since: now, reason };
}

const failureOf = ({ exitCode }: Beat): string =>
  `it reported a failure${exitCode === undefined ? "" : ` (exit status ${exitCode})`}`;

const tooSoon = (durationMs: number, { minRunMs = 0 }: Host): string =>
  `its run ended after ${formatDuration(durationMs)}, expected to take at least ${formatDuration(minRunMs)}`;

function arrival({ host, status: before, beat: last }: Facts, now: number): string {
  if (before.state === "paused") return "resumed by its heartbeat";
  if (!last) return "first heartbeat";
  if (last.status === "fail") return "heartbeat after a reported failure";
  if (now <= last.dueAt) return "heartbeat in time";
  if (before.state === "late") return `heartbeat ${formatDuration(now - last.dueAt)} late`;
  return `heartbeat after ${formatDuration(now - last.at)} of silence, ${expectation(host)}`;
}

/** When heartbeats are expected, in words. */
export const expectation = (host: Host): string => `due ${describeSchedule(scheduleOf(host))}`;

const ack = ({ state, id, host, context }: Scene, dueAt: number, hostState: Status["state"]): Ack => ({
  host: id,
  rev: state.rev + 1,
  at: context.now,
  periodMs: host.periodMs ?? Math.max(0, dueAt - context.now),
  dueAt,
  state: hostState,
});
