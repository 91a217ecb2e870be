import type { Severity } from "../../shared/model.ts";
import { parseDuration, SECOND } from "../../shared/time.ts";

/** A time that a person typed, and what else was typed behind it. */
export interface Span {
  durationMs: number;
  rest: string;
}

/** From `now` until that time of day on this machine, today or tomorrow. */
function untilClock(text: string, now: number): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const at = new Date(now);
  at.setHours(Number(hours), Number(minutes), 0, 0);
  if (at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at.getTime() - now;
}

/** Reads `2h`, `for 30m`, `08:00` or `until 08:00`, and a comment after it; undefined if it begins with no time. */
export function readSpan(text: string, now: number): Span | undefined {
  const [, given = "", rest = ""] = /^(?:(?:for|until)\s+)?(\S+)\s*(.*)$/.exec(text.trim()) ?? [];
  const durationMs = untilClock(given, now) ?? (/[a-z]$/i.test(given) ? parseDuration(given) : undefined);
  return durationMs === undefined || durationMs < SECOND ? undefined : { durationMs, rest };
}

const severities: readonly string[] = ["critical", "warning", "info"] satisfies Severity[];

/** What a silence or a maintenance is for, as it is typed. */
export interface Scope {
  hosts?: string[] | undefined;
  tags?: string[] | undefined;
  types?: string[] | undefined;
  severities?: Severity[] | undefined;
  all?: boolean | undefined;
}

const names = { host: "hosts", tag: "tags", type: "types", severity: "severities" } as const;
export type ScopeName = keyof typeof names | "all";

/**
 * Reads `host:web01,web02 tag:prod 2h why`, of which only these names may be used. What can't be read is answered with
 * what to write instead.
 */
export function readPlan(
  text: string,
  now: number,
  { allowed, isHost }: { allowed: readonly ScopeName[]; isHost(id: string): boolean },
): (Span & { scope: Scope }) | string {
  const scope: Scope = {};
  const words = text.trim().split(/\s+/);
  for (let word = words[0]; word !== undefined; word = words[0]) {
    const [, name, list] = /^(host|tag|type|severity):(.*)$/.exec(word) ?? [];
    const given = (name ?? word) as ScopeName;
    if (name === undefined && word !== "all") break;
    if (!allowed.includes(given)) return `${given} can't be used here; ${howTo(allowed)}`;
    words.shift();
    if (given === "all") {
      scope.all = true;
      continue;
    }
    const values = (list ?? "").split(",").filter((value) => value !== "");
    if (values.length === 0) return `say which: ${given}:…`;
    const unknown = values.find((value) =>
      given === "severity" ? !severities.includes(value) : given === "host" && !isHost(value),
    );
    if (unknown !== undefined)
      return given === "host" ? `there is no host ${unknown}` : `a severity is ${severities.join(", ")}`;
    Object.assign(scope, { [names[given]]: [...(scope[names[given]] ?? []), ...values] });
  }
  if (Object.keys(scope).length === 0) return `say what it is for: ${howTo(allowed)}`;
  const span = readSpan(words.join(" "), now);
  return span ? { ...span, scope } : "say how long: 2h, or until 08:00";
}

/** How a scope is typed. */
export const howTo = (allowed: readonly ScopeName[]): string =>
  allowed.map((name) => (name === "all" ? name : `${name}:…`)).join(" ");
