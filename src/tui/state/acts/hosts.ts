import type { Host, Status } from "../../../shared/model.ts";
import { formatDuration } from "../../../shared/time.ts";
import type { Entities } from "../entities.ts";
import { ask, withOverlay } from "../overlays.ts";
import type { Subjects } from "../pane.ts";
import { clearMarks } from "../navigate.ts";
import { daemonNow } from "../selectors.ts";
import { readSpan } from "../span.ts";
import type { ConsoleState } from "../state.ts";
import { withToast } from "../toast.ts";
import { act, perform } from "./act.ts";
import type { Act } from "./act.ts";
import { askAct } from "./asking.ts";

/** What a maintenance takes at once. */
const mostAtOnce = 1_000;

/** The hosts that are selected or marked, each once. */
export const hostsOf = ({ entities }: ConsoleState, subjects: readonly Subjects[]): string[] => [
  ...new Set(subjects.flatMap(({ host }) => (host !== undefined && entities.host.has(host) ? [host] : []))),
];

const nameAll = (ids: readonly string[]): string => (ids.length === 1 ? (ids[0] ?? "") : `${ids.length} hosts`);

/** Hosts and their states changed, those that are there. */
function withHosts(
  entities: Entities,
  ids: readonly string[],
  change: (host: Host, status: Status | undefined) => { host: Host; status?: Status | undefined },
): Entities {
  const [host, status] = [new Map(entities.host), new Map(entities.status)];
  for (const id of ids) {
    const before = host.get(id);
    if (!before) continue;
    const after = change(before, status.get(id));
    host.set(id, after.host);
    if (after.status) status.set(id, after.status);
  }
  return { ...entities, host, status };
}

function pausing(ids: readonly string[], now: number): Act {
  return act({
    name: "host.pause",
    args: { ids: [...ids] },
    about: nameAll(ids),
    done: "Paused",
    patch: (entities) =>
      withHosts(entities, ids, (host, status) => ({
        host: { ...host, paused: true },
        status: { ...status, state: "paused", since: now, reason: "paused by you" },
      })),
    isSeen: (told) => ids.every((id) => told.host.get(id)?.paused !== false),
  });
}

function resuming(ids: readonly string[], now: number): Act {
  return act({
    name: "host.resume",
    args: { ids: [...ids] },
    about: nameAll(ids),
    done: "Resumed",
    patch: (entities) =>
      withHosts(entities, ids, (host, status) => ({
        host: { ...host, paused: false },
        status: { state: status?.underlying ?? "new", since: now, reason: "resumed by you" },
      })),
    isSeen: (told) => ids.every((id) => told.host.get(id)?.paused !== true),
  });
}

/** Pauses what is watched; if all of them are paused, resumes them. */
export function togglePause(state: ConsoleState, subjects: readonly Subjects[], key: string): ConsoleState {
  const ids = hostsOf(state, subjects);
  const watched = ids.filter((id) => state.entities.host.get(id)?.paused === false);
  const [some, doing, inverse] = watched.length > 0 ? [watched, pausing, resuming] : [ids, resuming, pausing];
  const now = daemonNow(state);
  return perform(clearMarks(state), { ...doing(some, now), inverse: inverse(some, now) }, key);
}

/** Doesn't watch the hosts for a time. */
export function askMaintenanceOf(state: ConsoleState, subjects: readonly Subjects[]): ConsoleState {
  const hosts = hostsOf(state, subjects);
  if (hosts.length > mostAtOnce)
    return withToast(state, `a maintenance names ${mostAtOnce} hosts at the most: use a tag, on the screen 7`, "warn");
  const about = nameAll(hosts);
  return askAct(
    state,
    { label: `Maintenance of ${about} for:`, about: "2h, or until 08:00; then why" },
    (text, after) => {
      const span = readSpan(text, after.now);
      if (!span) return "Say how long: 2h, or until 08:00";
      const { durationMs, rest: comment } = span;
      const done = `In maintenance for ${formatDuration(durationMs)}`;
      return act({ name: "maintenance.add", args: { hosts, durationMs, comment }, about, done });
    },
  );
}

function removing(ids: readonly string[]): Act {
  return act({
    name: "host.remove",
    args: { ids: [...ids] },
    about: nameAll(ids),
    done: "Removed",
    patch(entities) {
      const [host, status] = [new Map(entities.host), new Map(entities.status)];
      for (const map of [host, status]) for (const id of ids) map.delete(id);
      return { ...entities, host, status };
    },
    isSeen: (told) => ids.every((id) => !told.host.has(id)),
  });
}

/** Asks first: one host by a key, several by their number. */
export function askRemove(state: ConsoleState, subjects: readonly Subjects[]): ConsoleState {
  const ids = hostsOf(state, subjects);
  const remove = (after: ConsoleState, key: string): ConsoleState => perform(clearMarks(after), removing(ids), key);
  if (ids.length === 1)
    return withOverlay(state, {
      kind: "confirm",
      question: `Remove ${ids[0]} with its token and past? (y/n)`,
      yes: (after, newKey) => remove(after, newKey()),
    });
  return ask(state, {
    label: `Remove ${ids.length} hosts with their tokens and pasts?`,
    about: `type ${ids.length} to do it`,
    submit: (after, text, newKey) =>
      text === String(ids.length) ? remove(after, newKey()) : withToast(after, "nothing was removed", "dim"),
  });
}
