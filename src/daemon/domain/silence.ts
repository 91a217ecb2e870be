import type { SilenceView } from "../../shared/api/silence.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse } from "../../shared/errors.ts";
import type { Alert, Silence } from "../../shared/model.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import type { Hold } from "./alert.ts";
import type { StateReader } from "./state.ts";

/** The silence over an alert that ends last, as what holds it back. */
export function silenceHold(state: StateReader, alert: Alert, now: number): Hold | undefined {
  let hold: Hold | undefined;
  for (const { id, value } of state.all("silence")) {
    if (value.from > now || value.to <= now || !matches(state, value, alert)) continue;
    if (!hold || value.to > hold.until)
      hold = { reason: `silence ${id}${value.comment ? `: ${value.comment}` : ""}`, until: value.to };
  }
  return hold;
}

/** Every field that a silence names must fit; each by any of its values. */
function matches(state: StateReader, { hosts, tags, types, severities }: Silence, alert: Alert): boolean {
  const host = alert.host ?? "";
  const worn = state.get("host", host)?.value.tags ?? [];
  return (
    (!hosts || setOf(hosts).has(host)) &&
    (!tags || worn.some((tag) => tags.includes(tag))) &&
    (!types || types.includes(alert.type)) &&
    (!severities || severities.includes(alert.severity))
  );
}

// Entities are replaced, never changed: a thousand hosts are looked through once, not for every alert.
const sets = new WeakMap<readonly string[], Set<string>>();

function setOf(hosts: readonly string[]): Set<string> {
  let set = sets.get(hosts);
  if (!set) sets.set(hosts, (set = new Set(hosts)));
  return set;
}

/** Planned from now or later on, or one of its name set anew; what it holds back is decided alert by alert. */
export function addSilence(state: StateReader, args: Args<"silence.add">, { now, by }: Context): Decision<SilenceView> {
  const { id = `s${state.rev + 1}`, hosts, tags, types, severities, from = now, to, durationMs, comment } = args;
  if (!hosts && !tags && !types && !severities)
    return refuseField("hosts", "say what it is for: hosts, tags, types or severities");
  const [end, another] = [to, durationMs && from + durationMs].filter((at) => at !== undefined);
  if (end === undefined || another !== undefined)
    return refuseField("to", "give either its end or its length, durationMs");
  if (end <= from || end <= now) return refuseField("to", "it has to end after it begins, and after now");
  if (args.id !== undefined && /^s\d+$/.test(id) && !state.get("silence", id))
    return refuseField("id", "s with a number is what a silence without a name gets: give it another");
  const matcher = defined({ hosts, tags, types, severities });
  const value: Silence = { ...matcher, from, to: end, comment, by: by.name, createdAt: now };
  return decided(view(id, value, now), [{ kind: "silence", id, value }]);
}

/** Over at once: what it held back and still fires is told. */
export function removeSilence(state: StateReader, { id }: Args<"silence.remove">): Decision<Result<"silence.remove">> {
  if (!state.get("silence", id))
    return refuse("not_found", `there is no silence ${id}; \`sentinel silence list\` shows them`);
  return decided({ removed: id }, [{ kind: "silence", id, removed: true }]);
}

/** The newest first. */
export const listSilences = (state: StateReader, _args: object, now: number): Result<"silence.list"> => ({
  items: [...state.all("silence")].map(({ id, value }) => view(id, value, now)).toReversed(),
});

const view = (id: string, silence: Silence, now: number): SilenceView => ({
  id,
  state: silence.to <= now ? "over" : silence.from > now ? "planned" : "active",
  ...silence,
});
