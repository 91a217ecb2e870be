import { DatabaseSync } from "node:sqlite";
import type { ArgsInput, Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import { DAY } from "../../shared/time.ts";
import { beatsOf } from "./past-beats.ts";
import { createTally, NotUnderstood, openTable } from "./past-rows.ts";
import type { Wanted } from "./past-rows.ts";
import { alertsOf, analysesOf } from "./past-said.ts";

type Taken = Result<"past.take">;

/** What is known of the daemon that the past goes to. */
export interface PastTarget {
  hosts: ReadonlySet<string>;
  limits: Result<"past.limits">;
  now: number;
}

/** Rows of a table as they came out of a first reading. */
export interface Surveyed {
  /** How many come over, of how many hosts, and between which instants. */
  count: number;
  hosts: number;
  from: number;
  to: number;
  /** What they come to, in pieces that fit a frame. */
  takes(): AsyncIterable<ArgsInput<"past.take">>;
}

/** Whose host a row is, by the name or the number that the predecessor has for it; the reason if it is none of ours. */
export type HostOf = (said: string | null | undefined) => { host: string } | string;

const host: Wanted = { names: ["host_id", "host", "hostname"], length: 128, needed: true };
const tables = {
  heartbeats: {
    of: beatsOf,
    wanted: {
      at: { names: ["timestamp", "received_at", "created_at", "time", "at"], length: 64, needed: true },
      host,
      status: { names: ["status", "state"], length: 32 },
    },
  },
  alerts: {
    of: alertsOf,
    wanted: {
      at: { names: ["created_at", "timestamp", "triggered_at", "raised_at", "sent_at"], length: 64, needed: true },
      host,
      type: { names: ["alert_type", "type", "kind"], length: 64 },
      severity: { names: ["severity", "level", "priority"], length: 32 },
      title: { names: ["title", "subject"], length: 150 },
      message: { names: ["message", "reason", "description", "details", "text"], length: 1_000 },
      resolved: { names: ["resolved_at", "ended_at", "cleared_at"], length: 64 },
    },
  },
  log_analyses: {
    of: analysesOf,
    wanted: {
      at: { names: ["created_at", "timestamp", "analyzed_at", "analysed_at"], length: 64, needed: true },
      host,
      severity: { names: ["severity", "risk_level", "level"], length: 32 },
      summary: { names: ["summary"], length: 4_000 },
      result: { names: ["result", "analysis", "analysis_result", "response", "llm_response"], length: 12_000 },
      lines: { names: ["lines_analyzed", "lines_analysed", "log_lines", "line_count"], length: 16 },
      model: { names: ["model", "model_name", "llm_model"], length: 60 },
    },
  },
} satisfies Record<string, { of: unknown; wanted: Record<string, Wanted> }>;

/** What became of a table, or would. */
interface Told {
  table: string;
  verb: "add" | "skip" | "refused";
  why: string;
}

type Send = (args: ArgsInput<"past.take">) => Promise<{ ok: true; value: Taken } | Refusal>;

/**
 * The past of the predecessor, table by table: read once to say what comes over, and once more to send it, if there is a
 * `send`. Neither reading holds more than a few days of it.
 */
export async function* movePast(file: string, target: PastTarget, send?: Send): AsyncGenerator<Told> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const hostOf = hostNames(database, target.hosts);
    for (const [table, { of, wanted }] of Object.entries(tables)) {
      const tally = createTally();
      try {
        const opened = openTable(database, table, wanted);
        if (opened.count === 0) continue;
        const { verb, said } = await move(await of(opened, { ...target, hostOf, tally }), table, send);
        const stay = tally.say();
        const ends = [
          ...said,
          ...(stay.length > 0 ? [`stay there: ${stay.join(", ")}`] : []),
          ...(opened.left.length > 0 ? [`columns that aren't read: ${opened.left.join(", ")}`] : []),
        ];
        yield { table, verb, why: ends.join("; ") };
      } catch (error) {
        if (error instanceof NotUnderstood) yield { table, verb: "skip", why: error.message };
        else if ((error as { code?: unknown }).code !== "ERR_SQLITE_ERROR") throw error;
        else yield { table, verb: "refused", why: `it can't be read: ${(error as Error).message}` };
      }
    }
  } finally {
    database.close();
  }
}

/** What comes over of a table; what is refused ends it. */
async function move(
  surveyed: Surveyed,
  table: string,
  send: Send | undefined,
): Promise<Pick<Told, "verb"> & { said: string[] }> {
  if (surveyed.count === 0) return { verb: "skip", said: [] };
  const what = sayWhat(surveyed);
  if (!send) return { verb: "add", said: [what] };
  const sum = { taken: 0, there: 0 };
  const done = (): string =>
    `${sum.taken}${table === "heartbeats" ? " days of hosts" : ""} taken, ${sum.there} there already`;
  for await (const args of surveyed.takes()) {
    const answer = await send(args);
    if (!answer.ok)
      return { verb: "refused", said: [`${answer.message} (${done()}; the next import goes on from there)`] };
    sum.taken += answer.value.taken;
    sum.there += answer.value.there;
  }
  return { verb: sum.taken > 0 ? "add" : "skip", said: [what, done()] };
}

const day = (at: number): string => new Date(Math.floor(at / DAY) * DAY).toISOString().slice(0, 10);
const sayWhat = ({ count, hosts, from, to }: Surveyed): string =>
  `${count} rows of ${hosts} ${hosts === 1 ? "host" : "hosts"}, ${day(from)} to ${day(to)}`;

/** A row may name its host by the id that people know, or by the number of its row. */
function hostNames(database: DatabaseSync, known: ReadonlySet<string>): HostOf {
  const isThere = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'hosts'").get();
  const rows = isThere ? database.prepare("SELECT * FROM hosts").all() : [];
  const byNumber = new Map(rows.map(({ id, host_id: host }) => [String(id), String(host)]));
  return (said) => {
    if (said === null || said === undefined) return "of no host";
    if (known.has(said)) return { host: said };
    const host = byNumber.get(said);
    return host !== undefined && known.has(host) ? { host } : "of unknown hosts";
  };
}
