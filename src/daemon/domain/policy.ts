import type { PolicyView } from "../../shared/api/policy.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Policy } from "../../shared/model.ts";
import { formatDuration, HOUR, MINUTE } from "../../shared/time.ts";
import { type Decision, decided, defined, refuseField } from "./decision.ts";
import { noHost } from "./facts.ts";
import type { StateReader } from "./state.ts";

type Json = Result<"policy.show">["items"][number]["value"];

/** What holds where no policy says otherwise. */
export const builtIn = {
  notifyAfterMs: 0,
  failures: 1,
  recoveries: 1,
  repeatMs: 0,
  escalate: [],
  quiet: "off",
  quietSeverities: ["warning", "info"],
  flapOutages: 4,
  flapWithinMs: HOUR,
  parentHoldMs: MINUTE,
  line: "across",
} as const satisfies Policy;

/** A policy with nothing left open; without `severity` an alert keeps its own, without `channels` all are told. */
type Open = "severity" | "channels";
export type Rules = { [K in Exclude<keyof Policy, Open>]: Exclude<Policy[K], undefined> } & Pick<Policy, Open>;

/** The rules for the alerts of a host, or for those of none. */
export function policyFor(state: StateReader, host?: string): Rules {
  const rules: Rules = { ...builtIn, escalate: [], quietSeverities: [...builtIn.quietSeverities] };
  if (state.count("policy") === 0) return rules;
  for (const scope of scopesOf(state, host)) Object.assign(rules, state.get("policy", scope)?.value);
  return rules;
}

/** From the widest to the narrowest; of a host's tags the one that it names first counts most. */
function scopesOf(state: StateReader, host: string | undefined): string[] {
  const tags = (host === undefined ? undefined : state.get("host", host)?.value.tags) ?? [];
  return ["default", ...tags.map((tag) => `tag:${tag}`).toReversed(), ...(host === undefined ? [] : [`host:${host}`])];
}

export const listPolicies = (state: StateReader): Result<"policy.list"> => ({
  items: [...state.all("policy")].map(view).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

const view = ({ id, value }: { id: string; value: Policy }): PolicyView => ({ id, ...value });

/** What holds for a host, and by which policy each of it. */
export function showPolicy(state: StateReader, { id }: Args<"policy.show">): Result<"policy.show"> | Refusal {
  if (!state.get("host", id)) return noHost(id);
  const scopes = scopesOf(state, id).toReversed();
  const from = (name: string): string =>
    scopes.find((scope) => Object.hasOwn(state.get("policy", scope)?.value ?? {}, name)) ?? "built in";
  const items = Object.entries(policyFor(state, id)).map(([name, value]) => {
    const words = typeof value === "object" ? JSON.stringify(value) : inWords(name, value);
    return { name, value: value as Json, words, from: from(name) };
  });
  return { id, items };
}

const inWords = (name: string, value: unknown): string =>
  name.endsWith("Ms") ? formatDuration(Number(value)) : String(value);

/** Sets some of a policy's fields and leaves the others as they are; takes effect on what fires already, too. */
export function setPolicy(state: StateReader, args: Args<"policy.set">): Decision<PolicyView> {
  const { id, unset = [], ...fields } = args;
  const [kind, name = ""] = id.split(":");
  if (kind === "host" && !state.get("host", name)) return noHost(name);
  const given = defined(fields);
  const stranger = [...(given.channels ?? []), ...(given.escalate ?? []).flatMap(({ channels }) => channels)].find(
    (channel) => !state.get("channel", channel),
  );
  if (stranger !== undefined)
    return refuseField("channels", `there is no channel ${stranger}; \`sentinel channel add ${stranger}\` makes one`);
  const steps = given.escalate ?? [];
  if (steps.some(({ afterMs }, i) => afterMs <= (steps[i - 1]?.afterMs ?? 0)))
    return refuseField("escalate", "each step comes later than the one before");
  const before = Object.entries(state.get("policy", id)?.value ?? {});
  const kept = before.filter(([field]) => !(unset as readonly string[]).includes(field));
  const value: Policy = { ...Object.fromEntries(kept), ...given };
  return decided(view({ id, value }), [{ kind: "policy", id, value }]);
}

export function removePolicy(state: StateReader, { id }: Args<"policy.remove">): Decision<Result<"policy.remove">> {
  if (!state.get("policy", id))
    return refuse("not_found", `there is no policy ${id}; \`sentinel policy list\` shows those there are`);
  return decided({ removed: id }, [{ kind: "policy", id, removed: true }]);
}
