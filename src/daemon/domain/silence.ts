import type { SilenceView } from "../../shared/api/silence.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse } from "../../shared/errors.ts";
import type { Alert, Silence } from "../../shared/model.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { defined } from "./decision.ts";
import type { StateReader } from "./state.ts";

/** The silence over an alert that ends last, as what holds it back. */
export function silenceHold(state: StateReader, alert: Alert, now: number) {
  let hold: { reason: string; until: number } | undefined;
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
    (!hosts || hosts.includes(host)) &&
    (!tags || worn.some((tag) => tags.includes(tag))) &&
    (!types || types.includes(alert.type)) &&
    (!severities || severities.includes(alert.severity))
  );
}

/** Planned from now or later on; what it holds back is decided alert by alert. */
export function addSilence(state: StateReader, args: Args<"silence.add">, { now, by }: Context): Decision<SilenceView> {
  const { hosts, tags, types, severities, from = now, to, durationMs, comment } = args;
  if (!hosts && !tags && !types && !severities)
    return fault("hosts", "say what it is for: hosts, tags, types or severities");
  const [end, another] = [to, durationMs && from + durationMs].filter((at) => at !== undefined);
  if (end === undefined || another !== undefined) return fault("to", "give either its end or its length, durationMs");
  if (end <= from || end <= now) return fault("to", "it has to end after it begins, and after now");
  const matcher = defined({ hosts, tags, types, severities });
  const value: Silence = { ...matcher, from, to: end, comment, by: by.name, createdAt: now };
  const id = `s${state.rev + 1}`;
  return decided(view(id, value, now), [{ kind: "silence", id, value }]);
}

const fault = (field: string, message: string) => refuse("invalid", `${field}: ${message}`, [{ field, message }]);

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
