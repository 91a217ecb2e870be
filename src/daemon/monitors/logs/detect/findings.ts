import type { Severity } from "../../../../shared/model.ts";
import { cleanText } from "../../../../shared/text.ts";
import { formatDuration } from "../../../../shared/time.ts";
import type { LocalFinding } from "../finding.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { type Count, DIFFERENT } from "./tally.ts";

const LINE = 200;
const base: Record<Severity, number> = { critical: 80, warning: 50, info: 20 };

/** Text from a log as part of a line for people: cleaned, and at most `limit` characters. */
export function short(text: string, limit = 64): string {
  const clean = cleanText(text);
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

const plural = (noun: string): string => `${noun.replace(/(?<=ch|ss)$/, "e").replace(/(?<=[^aeiou])y$/, "ie")}s`;

export const many = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? noun : plural(noun)}`;

/** Sorted by: how grave, then how many lines. */
export const scoreOf = (severity: Severity, count: number): number =>
  base[severity] + Math.min(19, Math.round(Math.log2(count + 1) * 2));

const lasted = ({ timed, firstAt, lastAt }: Count): string =>
  timed && lastAt - firstAt >= 1_000 ? ` in ${formatDuration(lastAt - firstAt)}` : "";

const asMany = (size: number, noun: string): string =>
  size >= DIFFERENT ? `${DIFFERENT} ${plural(noun)} or more` : many(size, noun);

/** What of a line a rule tells apart, in the singular. */
function toldApart({ name, of }: Rule): string {
  if (of !== "item") return of === "source" ? "address" : "user";
  return name === "port-scan" ? "port" : name === "sweep" ? "machine" : "target";
}

/** `before` is what the rule counts that this one comes after. */
function whyOf(count: Count, before: Count | undefined): string {
  const { rule, lines, user, users, seen } = count;
  if (before)
    return `${many(lines, rule.noun)}${user === undefined ? "" : ` as ${short(user)}`} after ${many(before.lines, before.rule.noun)}`;
  const spread = seen === undefined ? "" : `, ${asMany(seen.size, toldApart(rule))}`;
  const whom = rule.of === "user" || users === undefined ? "" : `, ${asMany(users.size, "user")}`;
  const within = rule.withinMs === undefined ? "" : ` within ${formatDuration(rule.withinMs)}`;
  const limit = ` (the limit: ${rule.of === undefined ? rule.least : many(rule.least, toldApart(rule))}${within})`;
  return `${many(lines, rule.noun)}${spread}${whom}${lasted(count)}${rule.least > 1 ? limit : ""}`;
}

/** ` from 192.0.2.1`, ` on user root`, `: nginx.service`; nothing where the log doesn't say. */
function whoseOf({ rule: { by }, subject, source }: Count): string {
  if (by === "source") return source === subject ? ` from ${subject}` : ` on user ${short(subject)}`;
  return subject === "" ? "" : `: ${short(subject)}`;
}

function findingOf(count: Count, before: Count | undefined): LocalFinding {
  const { rule, subject, lines, user, users } = count;
  const source = rule.by === "program" && count.manySources ? undefined : count.source;
  const severity = lines < (rule.few ?? 0) ? "info" : rule.severity;
  return {
    key: subject === "" ? rule.name : `${rule.name}:${short(subject, 100)}`,
    rule: rule.name,
    severity,
    score: scoreOf(severity, lines),
    title: short(`${rule.title}${whoseOf(count)}`, LINE),
    why: short(whyOf(count, before), LINE),
    ...(source === undefined ? {} : { source }),
    // One of many users would be the wrong one to name.
    ...(user === undefined || (rule.by !== "user" && users !== undefined) ? {} : { user: short(user) }),
    count: lines,
    ...(count.timed ? { firstAt: count.firstAt, lastAt: count.lastAt } : {}),
    evidence: [...count.first, ...count.last],
    templates: count.templates,
  };
}

/** The findings of what fired: of a family the first for each subject. */
export function findingsOf(fired: readonly Count[]): LocalFinding[] {
  const rank = new Map(rules.map(({ name }, i) => [name, i]));
  const told = new Set<string>();
  return fired
    .toSorted((a, b) => (rank.get(a.rule.name) ?? 0) - (rank.get(b.rule.name) ?? 0))
    .filter(({ rule: { family }, subject }) => {
      if (family === undefined) return true;
      const key = `${family}:${subject}`;
      if (told.has(key)) return false;
      told.add(key);
      return true;
    })
    .map((count) =>
      findingOf(
        count,
        fired.find(({ rule: { name }, subject }) => name === count.rule.after && subject === count.subject),
      ),
    );
}

const titleOf = (name: string): string =>
  rules.find((rule) => rule.name === name)?.title ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** At most `limit` findings of a rule, the weightiest, and one that sums the others up. */
export function capped(findings: readonly LocalFinding[], limit: number): LocalFinding[] {
  const byRule = Map.groupBy(
    findings.toSorted((a, b) => b.score - a.score || b.count - a.count || (a.key < b.key ? -1 : 1)),
    ({ rule }) => rule,
  );
  const kept: LocalFinding[] = [];
  for (const [rule, all] of byRule) {
    kept.push(...all.slice(0, limit));
    const [first, ...rest] = all.slice(limit);
    if (!first) continue;
    const lines = [first, ...rest].reduce((sum, { count }) => sum + count, 0);
    kept.push({
      key: `${rule}:others`,
      rule,
      severity: first.severity,
      score: base[first.severity],
      title: `${titleOf(rule)}: ${(rest.length + 1).toLocaleString("en-US")} more`,
      why: `${many(lines, "line")} in ${rest.length + 1} more findings of the same kind, fewer lines each than those above`,
      count: lines,
      evidence: [first, ...rest].slice(0, 20).flatMap(({ evidence }) => evidence.slice(0, 1)),
      templates: [...new Set([first, ...rest].flatMap(({ templates }) => templates))].slice(0, 20),
    });
  }
  return kept.toSorted((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
}
