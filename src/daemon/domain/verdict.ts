import type { Line, LineLayer, Settings } from "../../shared/model.ts";
import { lostLayers } from "../../shared/words.ts";
import { formatDuration } from "../../shared/time.ts";

/** What one target says of the line: `dns` by the machine's own resolver, `resolver` by another, `web` what a portal would answer. */
export type Role = "gateway" | "destination" | "dns" | "resolver" | "web";

/** What one target of the line came to in one round. */
export interface Answer {
  role: Role;
  ok: boolean;
  reason: string;
  latencyMs?: number | undefined;
  lossPercent?: number | undefined;
  /** Something answered in place of whom was asked. */
  captive?: true | undefined;
}

export interface Verdict {
  state: Exclude<Line["state"], "unknown">;
  reason: string;
}

type Limits = Pick<Settings["line"], "slowMs" | "lossPercent">;

/** Without these nothing gets through; with the others, some of it does. */
const isLost = (state: Line["state"]): boolean => (lostLayers as readonly string[]).includes(state);
/** How bad it is: 0 for up, 1 for what lets things through, 2 for what doesn't. */
export const rankOf = (state: Line["state"]): 0 | 1 | 2 => (state === "up" ? 0 : isLost(state) ? 2 : 1);

export const layerWords: Record<LineLayer, string> = {
  gateway: "the gateway can't be reached",
  lost: "nothing beyond the gateway can be reached",
  captive: "a portal answers in place of the internet",
  dns: "names can't be resolved",
  partial: "some destinations can't be reached",
  slow: "it is slow",
};

/** By which role a target is judged. */
export function roleOf({ type, options }: { type: string; options: Readonly<Record<string, unknown>> }): Role {
  if (type === "gateway") return "gateway";
  if (type === "dns") return (options["resolver"] ?? "system") === "system" ? "dns" : "resolver";
  return type === "http" ? "web" : "destination";
}

/** How the line is, by one round; undefined if nothing beyond the gateway was asked. The nearest layer that explains it counts. */
export function verdictOf(answers: readonly Answer[], limits: Limits): Verdict | undefined {
  const of = (...roles: Role[]): Answer[] => answers.filter(({ role }) => roles.includes(role));
  const beyond = of("destination", "resolver", "web");
  const [farthest] = beyond;
  if (!farthest) return undefined;
  const web = of("web");
  const portal = web.find(({ captive }) => captive);
  if (portal && !web.some(({ ok }) => ok)) return verdict("captive", portal.reason);
  if (!beyond.some(({ ok }) => ok)) return cutOff(of("gateway"), farthest);
  const names = of("dns").length > 0 ? of("dns") : of("resolver");
  const [first] = names;
  // Who fetched a page by its name found that out.
  if (first && !names.some(({ ok }) => ok) && !web.some(({ ok }) => ok)) return verdict("dns", first.reason);
  return qualityOf(of("destination"), answers, limits);
}

const verdict = (state: LineLayer, why: string): Verdict => ({ state, reason: `${layerWords[state]}: ${why}` });

/** A gateway that answers, or that there is none of, isn't to blame. */
function cutOff(gateways: readonly Answer[], beyond: Answer): Verdict {
  const dead = gateways.find(({ ok }) => !ok);
  if (dead && gateways.every(({ ok }) => !ok)) return verdict("gateway", dead.reason);
  return verdict("lost", beyond.reason);
}

function qualityOf(destinations: readonly Answer[], answers: readonly Answer[], limits: Limits): Verdict {
  const away = destinations.filter(({ ok }) => !ok);
  const [first] = away;
  if (first) return verdict("partial", `${away.length} of ${destinations.length}; ${first.reason}`);
  const latencyMs = medianOf(destinations.map((one) => one.latencyMs));
  const lossPercent = meanOf(answers.map((one) => one.lossPercent));
  if (lossPercent !== undefined && lossPercent >= limits.lossPercent)
    return verdict("slow", `${Math.round(lossPercent)} % of the packets are lost`);
  const half = latencyMs === undefined ? "" : `, half of them within ${formatDuration(latencyMs)}`;
  if (latencyMs !== undefined && latencyMs >= limits.slowMs)
    return verdict("slow", `half of the answers take ${formatDuration(latencyMs)} or more`);
  return { state: "up", reason: `${destinations.length || "all"} destinations answer${half}` };
}

const known = (values: readonly (number | undefined)[]): number[] => values.filter((one) => one !== undefined);

/** The middle one; of an even number the lower of both. */
export const medianOf = (values: readonly (number | undefined)[]): number | undefined =>
  known(values).toSorted((a, b) => a - b)[Math.ceil(known(values).length / 2) - 1];

export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const all = known(values);
  return all.length === 0 ? undefined : all.reduce((sum, one) => sum + one, 0) / all.length;
}
