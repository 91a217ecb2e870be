import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ArgsInput } from "../../shared/api/registry.ts";
import { pastTake } from "../../shared/api/past.ts";
import { DAY, HOUR } from "../../shared/time.ts";
import { movePast } from "./past.ts";

const now = Date.UTC(2026, 10, 23, 12);
const today = Math.floor(now / DAY);
const limits = {
  heartbeats: { from: today - 400, until: today },
  alerts: { from: today - 90 },
  analyses: { from: today - 60 },
};
const T = Date.UTC(2026, 10, 1, 10);
const day = Math.floor(T / DAY);

/** What is sent of a database that these statements make, and what is told of it. */
async function moved(sql: string, refuse = false) {
  const folder = mkdtempSync(path.join(tmpdir(), "sentinel-past-rows-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "old.db");
  const database = new DatabaseSync(file);
  database.exec(
    `CREATE TABLE hosts (id INTEGER PRIMARY KEY, host_id TEXT); INSERT INTO hosts VALUES (7, 'web01');${sql}`,
  );
  database.close();
  const sent: ArgsInput<"past.take">[] = [];
  const told: string[] = [];
  const send = async (args: ArgsInput<"past.take">) => {
    sent.push(pastTake.args.parse(args));
    if (refuse) return { ok: false, code: "unavailable", message: "the disk is full" } as const;
    return { ok: true, value: { taken: 1, there: 0 } } as const;
  };
  for await (const { verb, table, why } of movePast(file, { hosts: new Set(["web01", "db01"]), limits, now }, send))
    told.push(`${verb} ${table}: ${why}`);
  return { sent, told: told.join("\n") };
}
const beats = (rows: string, columns = "id INTEGER PRIMARY KEY, host_id TEXT, timestamp TIMESTAMP, status TEXT") =>
  moved(`CREATE TABLE heartbeats (${columns}); INSERT INTO heartbeats VALUES ${rows};`);
const web01 = (more: object = {}) => ({
  heartbeats: { day, hosts: [{ host: "web01", ok: [10 * HOUR], fail: [], ...more }] },
});

describe("a row of heartbeats", () => {
  test.each([
    ["(1, 'web01', '2026-11-01 10:00:00', 'ok')", web01()],
    ["(1, 'web01', '2026-11-01 10:00:00.250123', NULL)", web01({ ok: [10 * HOUR + 250] })],
    ["(1, 'web01', '2026-11-01T10:00:00.123456+00:00', 'success')", web01({ ok: [10 * HOUR + 123] })],
    ["(1, 'web01', '2026-11-01T12:00+0200', 'received')", web01()],
    [`(1, 'web01', ${T / 1_000}, 'UP')`, web01()],
    [`(1, 'web01', ${T / 1_000}.5, '1')`, web01({ ok: [10 * HOUR + 500] })],
    [`(1, 'web01', ${T}, '')`, web01()],
    ["(1, 7, '2026-11-01 10:00:00', 'ok')", web01()],
    ["(1, 'web01', '2026-11-01 10:00:00', 'failed')", web01({ ok: [], fail: [10 * HOUR] })],
  ])("%s comes over", async (row, args) => {
    const { sent, told } = await beats(row);
    expect(sent).toEqual([args]);
    expect(told).toBe(
      "add heartbeats: 1 rows of 1 host, 2026-11-01 to 2026-11-01; 1 days of hosts taken, 0 there already",
    );
  });

  test.each([
    ["(1, 'old09', '2026-11-01 10:00:00', 'ok')", "1 of unknown hosts (old09)"],
    ["(1, 8, '2026-11-01 10:00:00', 'ok')", "1 of unknown hosts (8)"],
    ["(1, NULL, '2026-11-01 10:00:00', 'ok')", "1 of no host"],
    ["(1, 'web01', 'yesterday\u001b[2J', 'ok')", "1 with a time that can't be read (yesterday)"],
    ["(1, 'web01', NULL, 'ok')", "1 with a time that can't be read"],
    ["(1, 'web01', '2026-11-01 10:00:00', 'missed')", "1 with a status that no heartbeat has (missed)"],
    ["(1, 'web01', '2025-10-01 10:00:00', 'ok')", "1 longer ago than history is kept (rollupDays)"],
    ["(1, 'web01', '2026-11-23 01:00:00', 'ok')", "1 of 2026-11-23 or later, which Sentinel tells itself"],
  ])("%s stays there", async (row, why) => {
    const { sent, told } = await beats(row);
    expect(sent).toEqual([]);
    expect(told).toBe(`skip heartbeats: stay there: ${why}`);
  });

  test("has columns by any likely name; others are named", async () => {
    const { sent, told } = await beats(
      "('2026-11-01 10:00:00', 'web01', 12)",
      "Received_At TEXT, host TEXT, latency REAL",
    );
    expect(sent).toEqual([web01()]);
    expect(told).toMatch(/columns that aren't read: latency$/);
  });

  test("of a table that SQLite can't go through is refused, and the others come over", async () => {
    const { sent, told } = await moved(
      `CREATE TABLE heartbeats (host_id TEXT PRIMARY KEY, timestamp) WITHOUT ROWID;
       INSERT INTO heartbeats VALUES ('web01', '2026-11-01 10:00:00');
       CREATE TABLE alerts (host_id, created_at); INSERT INTO alerts VALUES ('web01', '2026-11-01 10:00:00')`,
    );
    expect(told).toMatch(/^refused heartbeats: it can't be read: .*rowid\nadd alerts: /);
    expect(sent).toHaveLength(1);
  });

  test("of a table without a time is left, with what columns there are", async () => {
    const { told } = await beats("('web01', 12)", "host_id TEXT, whenever REAL");
    expect(told).toBe(
      "skip heartbeats: 1 rows stay there: no column is called timestamp, received_at, created_at, time, at; there are host_id, whenever",
    );
  });

  test("finds its day in whatever order the rows are, and the first interval what was before", async () => {
    const { sent } = await beats(
      "(1, 'web01', '2026-11-02 01:00:00', 'ok'), (2, 'db01', '2026-11-01 10:00:00', 'ok'), (3, 'web01', '2026-11-01 10:00:00', 'ok')",
    );
    expect(sent).toEqual([
      { heartbeats: { day, hosts: [{ host: "db01", ok: [10 * HOUR], fail: [] }, ...web01().heartbeats.hosts] } },
      { heartbeats: { day: day + 1, hosts: [{ host: "web01", before: T, ok: [HOUR], fail: [] }] } },
    ]);
  });

  test("counts among the first 20,000 of its host and day alone, and they fit a frame", async () => {
    const { sent, told } = await moved(
      `CREATE TABLE heartbeats (host_id, timestamp);
       WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 21000)
       INSERT INTO heartbeats SELECT 'web01', ${T / 1_000 + 10_000} + i FROM n
       UNION ALL SELECT 'db01', ${T / 1_000} + i FROM n;`,
    );
    expect(sent).toHaveLength(2);
    expect(told).toContain("stay there: 2002 beyond 20000 of one host on one day (web01, db01)");
    for (const args of sent) expect(JSON.stringify(args).length).toBeLessThan(256 * 1024);
  });

  test("is refused with what was done before", async () => {
    const sql =
      "CREATE TABLE heartbeats (host_id, timestamp); INSERT INTO heartbeats VALUES ('web01', '2026-11-01 10:00:00')";
    const { told } = await moved(sql, true);
    expect(told).toMatch(/^refused heartbeats: the disk is full \(0 days of hosts taken, .* goes on from there\)/);
  });
});

const alert = { at: T, nth: 0, host: "web01", type: "host_down", severity: "critical", title: "web01: host_down" };
const alerts = "id INTEGER PRIMARY KEY, host_id TEXT, alert_type TEXT, message TEXT, created_at TEXT, resolved_at TEXT";

test.each([
  ["(1, 'web01', 'host_down', 'silent', '2026-11-01 10:00:00', NULL)", { ...alert, reason: "silent" }],
  [
    "(1, 'web01', 'host_down', NULL, '2026-11-01 10:00:00', '2026-11-01 11:00:00')",
    { ...alert, reason: "", resolvedAt: T + HOUR },
  ],
  ["(1, 'web01', 'host_down', NULL, '2026-11-01 10:00:00', '2026-11-01 09:00:00')", { ...alert, reason: "" }],
  [
    "(1, NULL, 'Internet Lost', 'no\u001b[2J line', '2026-11-01 10:00:00', NULL)",
    {
      at: T,
      nth: 0,
      type: "internet-lost",
      severity: "warning",
      title: "monitor: internet-lost",
      reason: "no line",
    },
  ],
  [
    "(1, 'web01', 'recovery', '', '2026-11-01 10:00:00', NULL)",
    { ...alert, type: "recovery", severity: "info", title: "web01: recovery", reason: "" },
  ],
])("an alert %s comes over", async (row, args) => {
  const { sent } = await moved(`CREATE TABLE alerts (${alerts}); INSERT INTO alerts VALUES ${row}`);
  expect(sent).toEqual([{ alerts: [args] }]);
});

test("what an alert says comes over without its secrets", async () => {
  const { sent } = await moved(
    `CREATE TABLE alerts (${alerts}); INSERT INTO alerts
     VALUES (1, 'web01', 'x', 'postgres://app:hunter2horse@db/x', '2026-11-01 10:00:00', NULL)`,
  );
  expect(sent).toMatchObject([{ alerts: [{ reason: expect.stringMatching(/^postgres:..app:<SECRET/) as string }] }]);
});

test.each([
  ["(1, 'old09', 'x', '', '2026-11-01 10:00:00', NULL)", "1 of unknown hosts (old09)"],
  ["(1, 'web01', 'x', '', '2026-08-01 10:00:00', NULL)", "1 longer ago than alerts are kept (alertDays)"],
  ["(1, 'web01', 'x', '', '2027-08-01 10:00:00', NULL)", "1 with a time that can't be read, or is to come"],
])("an alert %s stays there", async (row, why) => {
  const { sent, told } = await moved(`CREATE TABLE alerts (${alerts}); INSERT INTO alerts VALUES ${row}`);
  expect(sent).toEqual([]);
  expect(told).toContain(`skip alerts: stay there: ${why}`);
});

test("alerts of one instant keep their places, whichever hosts are known", async () => {
  const { sent } = await moved(
    `CREATE TABLE alerts (host_id, created_at, severity); INSERT INTO alerts VALUES
     ('old09', '2026-11-01 10:00:00', 'info'), ('web01', '2026-11-01 10:00:00', 'HIGH')`,
  );
  expect(sent).toMatchObject([{ alerts: [{ nth: 1, type: "alert", severity: "critical" }] }]);
});

const analysis = { host: "web01", at: T, lines: 0, severity: "info" };
test.each([
  ["host_id, created_at, result", "('web01', '2026-11-01 10:00:00', 'all quiet')", { ...analysis, text: "all quiet" }],
  [
    "host_id, timestamp, summary, lines_analyzed, model",
    `('web01', '2026-11-01 10:00:00', 'odd', 12, 'llama')`,
    { ...analysis, text: "odd", lines: 12, model: "llama" },
  ],
  [
    "host_id, timestamp, result",
    `('web01', '2026-11-01 10:00:00', '{"severity": "high", "issues": ["x"], "summary": "password=hunter2horse"}')`,
    {
      ...analysis,
      severity: "critical",
      text: expect.stringMatching(/^severity: high issues: \["x"\] summary: password=<SECRET:[0-9a-f]+>$/) as string,
    },
  ],
])("an analysis of (%s) comes over: %s", async (columns, row, args) => {
  const { sent } = await moved(`CREATE TABLE log_analyses (${columns}); INSERT INTO log_analyses VALUES ${row}`);
  expect(sent).toEqual([{ analyses: [args] }]);
});

test.each([
  ["('old09', '2026-11-01 10:00:00', 'x')", "1 of unknown hosts (old09)"],
  ["('web01', '2026-09-01 10:00:00', 'x')", "1 longer ago than analyses are kept (analysisDays)"],
  ["('web01', 'soon', 'x')", "1 with a time that can't be read, or is to come (soon)"],
  ["('web01', '2026-11-01 10:00:00', NULL)", "1 that say nothing"],
])("an analysis %s stays there", async (row, why) => {
  const columns = "host_id, created_at, result";
  const { told } = await moved(`CREATE TABLE log_analyses (${columns}); INSERT INTO log_analyses VALUES ${row}`);
  expect(told).toBe(`skip log_analyses: stay there: ${why}`);
});

test("half a secret at the end of what is too long goes with the rest of its word", async () => {
  const text = `${"word ".repeat(2_398)}token=abcdef0123456789abcdef0123456789`;
  const { sent } = await moved(
    `CREATE TABLE log_analyses (host_id, created_at, result);
     INSERT INTO log_analyses VALUES ('web01', '2026-11-01 10:00:00', '${text}')`,
  );
  expect(JSON.stringify(sent)).not.toContain("token=");
});
