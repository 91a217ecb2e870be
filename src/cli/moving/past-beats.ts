import type { PastBeats } from "../../shared/api/past.ts";
import { DAY } from "../../shared/time.ts";
import type { HostOf, PastTarget, Surveyed } from "./past.ts";
import { type createTally, type PastRow, type PastTable, pastTime } from "./past-rows.ts";

export interface Reading extends PastTarget {
  hostOf: HostOf;
  tally: ReturnType<typeof createTally>;
}

/** So many heartbeats are held at a time, or a day's. */
const HELD = 1_000_000;
/** A host's day holds at most so many, as one frame must. */
const DAY_MOST = 20_000;
const FRAME_CHARS = 200_000;

const good = /^(|ok|up|success|successful|received|healthy|alive|online|active|1|true)$/i;
const bad = /^(fail|failed|failure|error|down|critical|unhealthy|0|false)$/i;

/** Why a row stays behind, with what it says. */
export type Left = [reason: string, example?: string | null | undefined];

interface Beat {
  host: string;
  at: number;
  isBad: boolean;
}

/** A row's heartbeat, or why it stays behind, with what it says. */
function beatOf(row: PastRow, { hostOf, limits }: Reading): Beat | Left {
  const found = hostOf(row["host"]);
  if (typeof found === "string") return [found, row["host"]];
  const at = pastTime(row["at"]);
  if (at === undefined) return ["with a time that can't be read", row["at"]];
  const status = row["status"]?.trim() ?? "";
  const isBad = bad.test(status);
  if (!isBad && !good.test(status)) return ["with a status that no heartbeat has", status];
  const { from, until } = limits.heartbeats;
  if (at < from * DAY) return ["longer ago than history is kept (rollupDays)"];
  if (at >= until * DAY)
    return [`of ${new Date(until * DAY).toISOString().slice(0, 10)} or later, which Sentinel tells itself`];
  return { ...found, at, isBad };
}

/** Where a day's rows are. */
interface DayRows {
  day: number;
  count: number;
  first: number;
  last: number;
}

/** Heartbeats in whatever order the rows have: the first reading says in which rows the days are, the second goes through those alone. */
export async function beatsOf(table: PastTable, reading: Reading): Promise<Surveyed> {
  const days = new Map<number, DayRows>();
  const hosts = new Set<string>();
  const surveyed = { count: 0, from: Infinity, to: 0 };
  for await (const page of table.rows())
    for (const row of page) {
      const beat = beatOf(row, reading);
      if (Array.isArray(beat)) {
        reading.tally.add(...beat);
        continue;
      }
      const day = Math.floor(beat.at / DAY);
      let rows = days.get(day);
      if (!rows) days.set(day, (rows = { day, count: 0, first: row.row, last: row.row }));
      rows.count++;
      rows.first = Math.min(rows.first, row.row);
      rows.last = Math.max(rows.last, row.row);
      hosts.add(beat.host);
      surveyed.count++;
      surveyed.from = Math.min(surveyed.from, beat.at);
      surveyed.to = Math.max(surveyed.to, beat.at);
    }
  const inOrder = [...days.values()].sort((a, b) => a.day - b.day);
  return { ...surveyed, hosts: hosts.size, takes: () => takesOf(table, inOrder, reading) };
}

async function* takesOf(table: PastTable, days: readonly DayRows[], reading: Reading) {
  /** When each host's last heartbeat so far came. */
  const before = new Map<string, number>();
  for (const some of held(days))
    for (const [day, hosts] of await collect(table, some, reading)) {
      let piece: PastBeats[] = [];
      let chars = 0;
      for (const [host, { ok, fail }] of hosts) {
        const one = { host, ...known(before.get(host)), ok, fail };
        const length = JSON.stringify(one).length;
        if (chars + length > FRAME_CHARS && piece.length > 0) {
          yield { heartbeats: { day, hosts: piece } };
          [piece, chars] = [[], 0];
        }
        piece.push(one);
        chars += length;
        before.set(host, day * DAY + [...ok, ...fail].reduce((last, time) => Math.max(last, time), 0));
      }
      if (piece.length > 0) yield { heartbeats: { day, hosts: piece } };
    }
}

const known = (before: number | undefined): { before?: number } => (before === undefined ? {} : { before });

/** Days one after the other, as many at a time as can be held. */
function held(days: readonly DayRows[]): DayRows[][] {
  const groups: DayRows[][] = [];
  let count = Infinity;
  for (const day of days) {
    count += day.count;
    if (count > HELD) {
      groups.push([]);
      ({ count } = day);
    }
    groups.at(-1)?.push(day);
  }
  return groups;
}

type Times = Pick<PastBeats, "ok" | "fail">;

/** The heartbeats of these days, by day and host. What was written since the survey isn't among them. */
async function collect(
  table: PastTable,
  days: readonly DayRows[],
  reading: Reading,
): Promise<Map<number, Map<string, Times>>> {
  const byDay = new Map(days.map(({ day }) => [day, new Map<string, Times>()]));
  const first = Math.min(...days.map((one) => one.first));
  const last = Math.max(...days.map((one) => one.last));
  for await (const page of table.rows(first, last))
    for (const row of page) {
      const beat = beatOf(row, reading);
      if (Array.isArray(beat)) continue;
      const hosts = byDay.get(Math.floor(beat.at / DAY));
      if (!hosts) continue;
      const times = hosts.get(beat.host) ?? { ok: [], fail: [] };
      hosts.set(beat.host, times);
      if (times.ok.length + times.fail.length < DAY_MOST) times[beat.isBad ? "fail" : "ok"].push(beat.at % DAY);
      else reading.tally.add("beyond 20000 of one host on one day", beat.host);
    }
  return byDay;
}
