import { type Alert, type Finding, severities, type Severity } from "../../shared/model.ts";
import { cleanText } from "../../shared/text.ts";
import { formatDuration, HOUR } from "../../shared/time.ts";
import { groupKey, logsKey, open, raise, resolve, type Trouble } from "./alert.ts";
import { defined } from "./decision.ts";
import { hostName } from "./facts.ts";
import type { Change, StateReader } from "./state.ts";
import { settingOf } from "./surroundings.ts";

/** What an analysis found; the same trouble of a host has the same id each time. */
export type Found = { id: string } & Pick<
  Finding,
  "key" | "rule" | "origin" | "severity" | "score" | "title" | "why" | "count" | "evidence" | "templates"
> & {
    [K in "source" | "user" | "firstAt" | "lastAt" | "explanation" | "recommendation"]?: Finding[K] | undefined;
  };

/** What one look at a host's logs says of its troubles. */
export interface Look {
  host: string;
  analysis: string;
  found: readonly Found[];
  /** Every source was read: what isn't found isn't there. */
  isWhole: boolean;
}

/** An analysis keeps so many at the most, the gravest. */
export const FINDINGS = 200;
/** It is over once so many analyses in a row haven't seen it, and for so long. */
const MISSES = 3;
const CALM_MS = HOUR;
/** A host has so many alerts of one rule that stand alone; further ones become one. */
const ALERTS = 10;

const rank = (severity: Severity): number => severities.indexOf(severity);
const worse = (a: Severity, b: Severity): Severity => (rank(a) <= rank(b) ? a : b);

/** The gravest first. */
export const gravestFirst = (a: Pick<Finding, "severity" | "score">, b: Pick<Finding, "severity" | "score">): number =>
  rank(a.severity) - rank(b.severity) || b.score - a.score;

/** Takes up what was found, and ends what isn't seen any more, with the alerts that follow. */
export function takeFindings(state: StateReader, look: Look, now: number): Change[] {
  const { host, found, isWhole } = look;
  const seen = new Map<string, Finding>();
  for (const one of found.slice(0, FINDINGS))
    seen.set(one.id, seenAgain(state.get("finding", one.id)?.value, one, look, now));
  const unseen = isWhole ? openOf(state, host).filter(({ id }) => !seen.has(id)) : [];
  const missed = unseen.map(({ id, value }) => [id, missedOnce(value, now)] as const);
  const over = missed.filter(([, { state: is }]) => is === "cleared");
  const told = tellOf(state, host, seen, now);
  const why = `not seen in ${MISSES} analyses in a row`;
  return [
    ...[...seen, ...missed].map(([id, value]): Change => ({ kind: "finding", id, value: told.grouped(id, value) })),
    ...told.changes,
    ...over.flatMap(([id, value]) =>
      resolve(state, logsKey(id), `${why}, for ${formatDuration(now - value.lastSeenAt)}`, now),
    ),
    ...emptied(state, host, new Set(over.map(([id]) => id)), told.rules, why, now),
  ];
}

function openOf(state: StateReader, host: string): { id: string; value: Finding }[] {
  return [...state.ofHost("finding", host)].flatMap((id) => {
    const value = state.get("finding", id)?.value;
    return value?.state === "open" ? [{ id, value }] : [];
  });
}

/** While it is open it is as grave as it ever was. */
function seenAgain(before: Finding | undefined, { id: _id, ...found }: Found, look: Look, now: number): Finding {
  const isOpen = before?.state === "open";
  return {
    host: look.host,
    analysis: look.analysis,
    state: "open",
    ...bounded(found),
    severity: isOpen ? worse(before.severity, found.severity) : found.severity,
    firstSeenAt: isOpen ? before.firstSeenAt : now,
    lastSeenAt: now,
    seen: isOpen ? before.seen + 1 : 1,
    ...(isOpen && before.grouped ? { grouped: true } : {}),
  };
}

const text = (value: string | undefined, most: number): string | undefined =>
  value === undefined ? undefined : cleanText(value).slice(0, most);

function bounded(found: Omit<Found, "id">): Omit<Found, "id"> {
  const { key, rule, title, why, source, user, explanation, recommendation, evidence, templates } = found;
  return defined({
    ...found,
    key: cleanText(key).slice(0, 300),
    rule: cleanText(rule).slice(0, 64),
    title: cleanText(title).slice(0, 200),
    why: cleanText(why).slice(0, 500),
    source: text(source, 128),
    user: text(user, 128),
    explanation: text(explanation, 2_000),
    recommendation: text(recommendation, 2_000),
    evidence: evidence.slice(0, 20),
    templates: templates.slice(0, 20),
  });
}

function missedOnce(finding: Finding, now: number): Finding {
  const missed = (finding.missed ?? 0) + 1;
  const isOver = missed >= MISSES && now - finding.lastSeenAt >= CALM_MS;
  return isOver ? cleared(finding, now) : { ...finding, missed };
}

function cleared(finding: Finding, now: number): Finding {
  const { grouped: _grouped, missed: _missed, ...rest } = finding;
  return { ...rest, state: "cleared", clearedAt: now };
}

/** Alerts about those that are grave enough: one each, or one for all of a rule where there are too many at once. */
function tellOf(state: StateReader, host: string, seen: ReadonlyMap<string, Finding>, now: number) {
  const from = rank(settingOf(state, "logs").alertFrom);
  const name = hostName(state, host);
  const changes: Change[] = [];
  const joined = new Map<string, boolean>();
  const grave = [...seen].filter(([, { severity }]) => rank(severity) <= from);
  const byRule = Map.groupBy(grave, ([, { rule }]) => rule);
  const rules = new Set<string>();
  // Whether they were seen now or not.
  const alarmed = openOf(state, host).filter(({ id }) => state.openAlert(logsKey(id)));
  const standing = Map.groupBy(alarmed, ({ value }) => value.rule);
  for (const [rule, ones] of byRule) {
    const key = groupKey(host, rule);
    const hasGroup = state.openAlert(key) !== undefined;
    const alone = ones.filter(([id, { grouped }]) => !(grouped && hasGroup) && state.openAlert(logsKey(id)));
    const others = ones.filter((one) => !alone.includes(one));
    const asOne = others.length > 0 && (hasGroup || others.length + (standing.get(rule)?.length ?? 0) > ALERTS);
    for (const [id] of others) joined.set(id, asOne);
    for (const [id, finding] of asOne ? alone : ones)
      changes.push(...tell(state, troubleOf(logsKey(id), host, name, finding), now));
    if (!asOne) continue;
    rules.add(rule);
    changes.push(
      ...tell(
        state,
        groupOf(
          key,
          host,
          name,
          rule,
          others.map(([, finding]) => finding),
        ),
        now,
      ),
    );
  }
  /** As it is kept: with the others of its rule, or by itself. */
  function grouped(id: string, { grouped: before, ...finding }: Finding): Finding {
    return (joined.get(id) ?? before) ? { ...finding, grouped: true } : finding;
  }
  return { changes, grouped, rules };
}

const troubleOf = (key: string, host: string, name: string, { severity, title, why }: Finding): Trouble => ({
  key,
  type: "logs",
  severity,
  host,
  title: `${name}: ${title}`,
  reason: why,
});

function groupOf(key: string, host: string, name: string, rule: string, findings: readonly Finding[]): Trouble {
  const severity = findings.map((one) => one.severity).reduce(worse);
  const [first] = findings.toSorted(gravestFirst);
  const title = `${name}: ${findings.length} ${findings.length === 1 ? "finding" : "findings"} of ${rule}`;
  return { key, type: "logs", severity, host, title, reason: `the gravest of them: ${first?.title}` };
}

/** Another sight counts on the open alert. One that gets worse is another, as it is news. */
function tell(state: StateReader, trouble: Trouble, now: number): Change[] {
  const before: Alert | undefined = state.openAlert(trouble.key)?.value;
  if (!before || rank(trouble.severity) >= rank(before.severity)) return raise(state, trouble, now);
  return [...resolve(state, trouble.key, "it got worse", now), ...open(state, trouble, now)];
}

/** The alerts for all findings of a rule of which none is left. */
function emptied(
  state: StateReader,
  host: string,
  over: ReadonlySet<string>,
  told: ReadonlySet<string>,
  why: string,
  now: number,
): Change[] {
  const grouped = openOf(state, host).filter(({ value }) => value.grouped);
  const left = new Set(grouped.filter(({ id }) => !over.has(id)).map(({ value }) => value.rule));
  return [...new Set(grouped.map(({ value }) => value.rule))]
    .filter((rule) => !left.has(rule) && !told.has(rule))
    .flatMap((rule) => resolve(state, groupKey(host, rule), why, now));
}

/** Nobody looks any more whether these go on. */
export function dropFindings(state: StateReader, host: string, why: string, now: number): Change[] {
  const all = openOf(state, host);
  const changes = all.flatMap(({ id, value }): Change[] => [
    { kind: "finding", id, value: cleared(value, now) },
    ...resolve(state, logsKey(id), why, now),
  ]);
  return [...changes, ...emptied(state, host, new Set(all.map(({ id }) => id)), new Set(), why, now)];
}
