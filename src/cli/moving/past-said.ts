import { randomBytes } from "node:crypto";
import type { PastAlert, PastAnalysis } from "../../shared/api/past.ts";
import type { ArgsInput } from "../../shared/api/registry.ts";
import { DAY } from "../../shared/time.ts";
import { clean } from "../../daemon/monitors/logs/read/clean.ts";
import { createRedactor } from "../../daemon/monitors/logs/redact/redactor.ts";
import type { Surveyed } from "./past.ts";
import type { Left, Reading } from "./past-beats.ts";
import { type PastRow, type PastTable, pastTime } from "./past-rows.ts";

/** What fits a frame, however many bytes a character has. */
const FRAME_CHARS = 60_000;
const PIECE = 500;

/** Nobody need find the same secret again. */
const key = randomBytes(32);

type Severity = PastAlert["severity"];
/** Alerts, as ones that are over. */
export const alertsOf = (table: PastTable, reading: Reading): Promise<Surveyed> => {
  const take = (): ((row: PastRow) => PastAlert | Left) => {
    const ofInstant = createCount();
    return (row) => alertOf(row, ofInstant(pastTime(row["at"])), reading);
  };
  return survey(table, reading, take, (alerts) => ({ alerts }));
};

export const analysesOf = (table: PastTable, reading: Reading): Promise<Surveyed> =>
  survey(
    table,
    reading,
    () => (row) => analysisOf(row, reading),
    (analyses) => ({ analyses }),
  );

async function survey<T extends { host?: string | undefined; at: number }>(
  table: PastTable,
  { tally }: Reading,
  taker: () => (row: PastRow) => T | Left,
  asArgs: (some: T[]) => ArgsInput<"past.take">,
): Promise<Surveyed> {
  const surveyed = { count: 0, from: Infinity, to: 0 };
  const hosts = new Set<string | undefined>();
  for await (const one of each(table, taker())) {
    if (Array.isArray(one)) {
      tally.add(...one);
      continue;
    }
    surveyed.count++;
    surveyed.from = Math.min(surveyed.from, one.at);
    surveyed.to = Math.max(surveyed.to, one.at);
    hosts.add(one.host);
  }
  hosts.delete(undefined);
  return { ...surveyed, hosts: hosts.size, takes: () => pieces(each(table, taker()), asArgs) };
}

async function* each<T>({ rows }: PastTable, take: (row: PastRow) => T): AsyncGenerator<T> {
  for await (const page of rows()) for (const row of page) yield take(row);
}

async function* pieces<T>(all: AsyncIterable<T | Left>, asArgs: (some: T[]) => ArgsInput<"past.take">) {
  let piece: T[] = [];
  let chars = 0;
  for await (const one of all) {
    if (Array.isArray(one)) continue;
    const { length } = JSON.stringify(one);
    if (piece.length === PIECE || chars + length > FRAME_CHARS) {
      if (piece.length > 0) yield asArgs(piece);
      [piece, chars] = [[], 0];
    }
    piece.push(one);
    chars += length;
  }
  if (piece.length > 0) yield asArgs(piece);
}

/** How many there were of an instant before, of whatever host: so that each keeps its name when more hosts are known. */
function createCount(): (at: number | undefined) => number {
  const counts = new Map<number | undefined, number>();
  return (at) => {
    const count = counts.get(at) ?? 0;
    counts.set(at, count + 1);
    return count;
  };
}

function alertOf(row: PastRow, nth: number, { hostOf, limits, now }: Reading): PastAlert | Left {
  const found = row["host"] === null ? {} : hostOf(row["host"]);
  if (typeof found === "string") return [found, row["host"]];
  const at = pastTime(row["at"]);
  if (at === undefined || at > now) return ["with a time that can't be read, or is to come", row["at"]];
  const ended = pastTime(row["resolved"]);
  const resolvedAt = ended !== undefined && ended >= at && ended <= now ? ended : undefined;
  if ((resolvedAt ?? at) < limits.alerts.from * DAY) return ["longer ago than alerts are kept (alertDays)"];
  if (nth > 999) return ["beyond 1000 of one instant", row["at"]];
  const type = row["type"]?.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-") || "alert";
  const { host } = found as { host?: string };
  const title = safe(whole(row["title"], 150), 150) || `${host ?? "monitor"}: ${type}`;
  const reason = safe(whole(row["message"], 1_000), 1_000);
  const severity = severityOf(row["severity"]) ?? severityOf(type) ?? "warning";
  return { at, nth, ...(host ? { host } : {}), type, severity, title, reason, ...(resolvedAt ? { resolvedAt } : {}) };
}

function analysisOf(row: PastRow, { hostOf, limits, now }: Reading): PastAnalysis | Left {
  const found = hostOf(row["host"]);
  if (typeof found === "string") return [found, row["host"]];
  const at = pastTime(row["at"]);
  if (at === undefined || at > now) return ["with a time that can't be read, or is to come", row["at"]];
  if (at < limits.analyses.from * DAY) return ["longer ago than analyses are kept (analysisDays)"];
  const parts = [whole(row["summary"], 4_000), whole(row["result"], 12_000)].map(spread);
  const text = safe(parts.filter(Boolean).join("\n"), 16_000);
  if (text === "") return ["that say nothing"];
  const severity = severityOf(row["severity"]) ?? severityOf(/\bseverity: (\w+)/i.exec(text)?.[1]) ?? "info";
  const lines = Number(row["lines"] ?? 0);
  const model = safe(whole(row["model"], 60), 60);
  return {
    ...found,
    at,
    lines: Number.isInteger(lines) && lines >= 0 ? lines : 0,
    ...(model ? { model } : {}),
    severity,
    text,
  };
}

/** JSON as lines of names and what they say. */
function spread(text: string): string {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== "object" || value === null) return text;
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${typeof one === "string" ? one : JSON.stringify(one)}`)
      .join("\n");
  } catch {
    return text;
  }
}

/** Of text that was cut at `most` characters the last word goes, which may be half a secret. */
const whole = (text: string | null | undefined, most: number): string =>
  text && text.length >= most ? text.slice(0, text.search(/\S*$/)) : (text ?? "");

/**
 * Text of the predecessor's as it may be kept: cleaned, and without secrets, as it quoted logs that were never redacted.
 * At most `most` characters, and a quarter more for what stands for secrets.
 */
function safe(text: string, most: number): string {
  const redactor = createRedactor({ key });
  const lines = text.split(/\r?\n/).map((line) => redactor.redact(clean(line)));
  return lines
    .join(" ")
    .trim()
    .slice(0, most + most / 4);
}

const words: Record<Severity, RegExp> = {
  critical: /crit|error|high|emerg|fatal|down|miss|fail|offline|timeout/i,
  warning: /warn|medium|late/i,
  info: /info|low|ok|none|recover|up|resolved|normal/i,
};
const severityOf = (word: string | null | undefined): Severity | undefined =>
  word ? (["critical", "warning", "info"] as const).find((severity) => words[severity].test(word)) : undefined;
