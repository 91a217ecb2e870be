import { formatDuration } from "../../../shared/time.ts";
import type { Silence } from "../../../shared/model.ts";
import type { Entities } from "../entities.ts";
import type { Subjects } from "../pane.ts";
import { daemonNow } from "../selectors.ts";
import { howTo, readPlan, readSpan } from "../span.ts";
import type { Scope, ScopeName, Span } from "../span.ts";
import type { ConsoleState } from "../state.ts";
import { hourAndMinute } from "../time-of-day.ts";
import { act } from "./act.ts";
import type { Act } from "./act.ts";
import { askAct, confirmActs } from "./asking.ts";

/** Whom a silence or a maintenance is for, in words: `host web01`, `tag prod, severity warning`. */
export function scopeWords({ hosts, tags, types, severities, all }: Scope): string {
  const said: [string, readonly string[] | undefined][] = [
    ["host", hosts],
    ["tag", tags],
    ["type", types],
    ["severity", severities],
  ];
  const words = said.flatMap(([name, values]) => (values ? [`${name} ${values.join(" or ")}`] : []));
  return all ? "all hosts" : words.join(", ");
}

/** What a silence over what is selected would match: its hosts, or where there are none the kinds of its alerts. */
export function silenceScope({ entities }: ConsoleState, subjects: readonly Subjects[]): Scope | string {
  const hosts = [...new Set(subjects.flatMap(({ host }) => (host === undefined ? [] : [host])))];
  const types = subjects.flatMap(({ host, alert }) => {
    const its = host === undefined && alert !== undefined ? entities.alert.get(alert) : undefined;
    return its ? [its.type] : [];
  });
  if (hosts.length > 0 && types.length > 0) return "hosts and what has no host aren't silenced together: mark fewer";
  if (hosts.length > 1000) return "a silence names 1000 hosts at the most: use a tag, on the screen 7";
  if (hosts.length > 0) return { hosts };
  if (types.length > 0) return { types: [...new Set(types)] };
  return "hosts and alerts are silenced where they are selected, or anything with + on the screen 7";
}

/** A name for a silence, as it is known by then: it can be taken back at once. */
function nameFor({ entities, now }: ConsoleState, { hosts, tags, types, severities }: Scope): string {
  const [first = "all"] = hosts ?? tags ?? types ?? severities ?? [];
  const many = (hosts?.length ?? 0) > 1 ? "hosts" : first;
  const name = `${many.slice(0, 48)}-${hourAndMinute(now).replace(":", "")}`;
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? name : `${name}-${count}`;
    if (!entities.silence.has(id)) return id;
  }
}

const withSilence = ({ silence, ...rest }: Entities, id: string, value: Silence | undefined): Entities => {
  const next = new Map(silence);
  if (value) next.set(id, value);
  else next.delete(id);
  return { ...rest, silence: next };
};

function silenceAct(state: ConsoleState, scope: Scope, { durationMs, rest: comment }: Span): Act {
  const id = nameFor(state, scope);
  const { all: _all, ...matcher } = scope;
  const from = daemonNow(state);
  const about = `${scopeWords(scope)} for ${formatDuration(durationMs)}`;
  const value: Silence = { ...matcher, from, to: from + durationMs, comment, by: "you", createdAt: from };
  return act({
    name: "silence.add",
    args: { id, ...matcher, durationMs, comment },
    about,
    done: "Silenced",
    patch: (entities) => withSilence(entities, id, value),
    isSeen: (told) => told.silence.has(id),
    inverse: endSilence(id),
  });
}

function endSilence(id: string): Act {
  return act({
    name: "silence.remove",
    args: { id },
    about: `silence ${id}`,
    done: "Ended",
    patch: (entities) => withSilence(entities, id, undefined),
    isSeen: (told) => !told.silence.has(id),
  });
}

/** Asks for how long nobody is to be told of what is selected. */
export const askSilence = (state: ConsoleState, scope: Scope): ConsoleState => {
  const { hosts } = scope;
  const label = hosts && hosts.length > 3 ? `${hosts.length} hosts` : scopeWords(scope);
  return askAct(
    state,
    { label: `Silence ${label} for:`, about: "2h; or 30m, until 08:00; then why" },
    (text, after) => {
      const span = readSpan(text === "" ? "2h" : text, after.now);
      return span ? silenceAct(after, scope, span) : "Say how long: 30m, 2h or until 08:00";
    },
  );
};

const silenceScopes: readonly ScopeName[] = ["host", "tag", "type", "severity"];
const maintenanceScopes: readonly ScopeName[] = ["host", "tag", "all"];

const planned = (text: string, { now, entities }: ConsoleState, allowed: readonly ScopeName[]) =>
  readPlan(text, now, { allowed, isHost: (id) => entities.host.has(id) });

/** Asks for a silence in full: of what, for how long, why. */
export const askAnySilence = (state: ConsoleState): ConsoleState =>
  askAct(state, { label: "Silence:", about: `${howTo(silenceScopes)}, 2h, why` }, (text, after) => {
    const plan = planned(text, after, silenceScopes);
    return typeof plan === "string" ? plan : silenceAct(after, plan.scope, plan);
  });

/** Asks for a maintenance in full; what isn't known yet by an id of ours waits until it can't be taken back any more. */
export const askMaintenance = (state: ConsoleState): ConsoleState =>
  askAct(state, { label: "Maintenance:", about: `${howTo(maintenanceScopes)}, 2h, why` }, (text, after) => {
    const plan = planned(text, after, maintenanceScopes);
    if (typeof plan === "string") return plan;
    const { scope, durationMs, rest: comment } = plan;
    const { hosts, tags, all } = scope;
    return act({
      name: "maintenance.add",
      args: { hosts, tags, ...(all ? { all } : {}), durationMs, comment },
      about: `${scopeWords(scope)} for ${formatDuration(durationMs)}`,
      done: "Maintenance",
    });
  });

const named = (ids: readonly string[], what: string): string =>
  ids.length === 1 ? `${what} ${ids[0]}` : `${ids.length} ${what}s`;

export const confirmEndSilences = (state: ConsoleState, ids: readonly string[]): ConsoleState =>
  confirmActs(state, `End ${named(ids, "silence")}? What still fires is told.`, ids.map(endSilence));

/** Ends what is on now; what repeats comes again. */
export const confirmEndMaintenance = (state: ConsoleState, ids: readonly string[]): ConsoleState => {
  const at = daemonNow(state);
  const endedAt = (entities: Entities, id: string): Entities => {
    const one = entities.maintenance.get(id);
    return one
      ? { ...entities, maintenance: new Map(entities.maintenance).set(id, { ...one, endedAt: at }) }
      : entities;
  };
  const end = (id: string): Act =>
    act({
      name: "maintenance.end",
      args: { id },
      about: `maintenance ${id}`,
      done: "Ended",
      patch: (entities) => endedAt(entities, id),
      isSeen: (told) => told.maintenance.get(id)?.endedAt !== state.told.maintenance.get(id)?.endedAt,
    });
  return confirmActs(state, `End ${named(ids, "maintenance")} now? Watching begins again.`, ids.map(end));
};

export const confirmRemoveMaintenance = (state: ConsoleState, ids: readonly string[]): ConsoleState => {
  const remove = (id: string): Act =>
    act({
      name: "maintenance.remove",
      args: { id },
      about: `maintenance ${id}`,
      done: "Removed",
      patch(entities) {
        const maintenance = new Map(entities.maintenance);
        maintenance.delete(id);
        return { ...entities, maintenance };
      },
      isSeen: (told) => !told.maintenance.has(id),
    });
  return confirmActs(state, `Take ${named(ids, "maintenance")} off the list?`, ids.map(remove));
};
