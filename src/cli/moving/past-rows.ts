import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { cleanText } from "../../shared/text.ts";

/** One row as text, with no more of a field than is asked for; null where it says nothing. */
export type PastRow = { row: number } & Record<string, string | null>;

/** A field that is wanted of a table: the names that its column may have, and how many characters count. */
export interface Wanted {
  names: readonly string[];
  length: number;
  needed?: true;
}

/** So many rows are read in one go: the other service, which may still write, waits for a moment at most. */
const PAGE = 20_000;

/** A table whose columns are found by name, as nobody has written them down. */
export interface PastTable {
  count: number;
  /** Its columns that nothing is read of. */
  left: string[];
  /** Between pages everything else has its turn, so that the connection to the daemon stays. */
  rows(from?: number, to?: number): AsyncGenerator<PastRow[]>;
}

/** A table without a column that is needed; the message says which, and how many rows it has. */
export class NotUnderstood extends Error {
  override readonly name = "NotUnderstood";
}

/** A table that isn't there has no rows. Throws `NotUnderstood`, and what SQLite fails with. */
export function openTable(database: DatabaseSync, table: string, wanted: Record<string, Wanted>): PastTable {
  const columns = database
    .prepare(`PRAGMA table_info("${table}")`)
    .all()
    .map(({ name }) => String(name).slice(0, 64));
  if (columns.length === 0) return { count: 0, left: [], async *rows() {} };
  const count = Number(database.prepare(`SELECT count(*) AS n FROM "${table}"`).get()?.["n"]);
  const found = Object.entries(wanted).map(([field, { names, ...how }]) => ({
    field,
    names,
    ...how,
    column: names.flatMap((name) => columns.find((column) => column.toLowerCase() === name) ?? [])[0],
  }));
  const lacking = found.find(({ needed, column }) => needed && column === undefined);
  if (lacking && count > 0)
    throw new NotUnderstood(
      `${count} rows stay there: no column is called ${lacking.names.join(", ")}; there are ${columns.map(cleanText).join(", ")}`,
    );
  const read = new Set(found.map(({ column }) => column));
  const fields = found.flatMap(({ field, column, length }) =>
    column === undefined ? [] : [`substr(CAST("${column}" AS TEXT), 1, ${length}) AS "${field}"`],
  );
  const page = database.prepare(
    `SELECT ${["rowid AS row", ...fields].join(", ")} FROM "${table}" WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ${PAGE}`,
  );
  return {
    count,
    left: columns.filter((column) => !read.has(column) && column !== "id").map(cleanText),
    async *rows(from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER) {
      for (let after = from - 1; ;) {
        const rows = page.all(after, to) as PastRow[];
        if (rows.length > 0) yield rows;
        if (rows.length < PAGE) return;
        await setImmediate();
        after = Number(rows.at(-1)?.row);
      }
    },
  };
}

/** Naive times are UTC there; numbers are seconds, or ms. Epoch ms; undefined for what is no time. */
export function pastTime(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  if (/^\d{9,13}(\.\d+)?$/.test(text)) return Math.floor(Number(text) * (Number(text) < 1e11 ? 1_000 : 1));
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)\d* ?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!parts) return undefined;
  const at = Date.parse(`${parts[1]}T${parts[2]}${parts[3] ?? "Z"}`);
  return at >= 0 ? at : undefined;
}

/** What stays behind, by its reason, with how often and a few examples. */
export function createTally() {
  const reasons = new Map<string, { count: number; examples: Set<string> }>();
  return {
    add(reason: string, example?: string | null): void {
      const one = reasons.get(reason) ?? { count: 0, examples: new Set() };
      one.count++;
      if (example && one.examples.size < 3) one.examples.add(cleanText(example.slice(0, 40)));
      reasons.set(reason, one);
    },
    say: (): string[] =>
      Array.from(reasons, ([reason, { count, examples }]) => {
        const some = [...examples].join(", ");
        return `${count} ${reason}${some === "" ? "" : ` (${some})`}`;
      }),
  };
}
