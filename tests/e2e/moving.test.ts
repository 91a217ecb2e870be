import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { makePredecessor } from "../support/predecessor.ts";
import { launcher, until } from "../support/processes.ts";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "sentinel-moving-"));
const data = path.join(folder, "data");
let daemon: DaemonProcess;

beforeAll(async () => {
  daemon = await startDaemon(data);
});
afterAll(() => daemon.stop());

interface Said {
  stdout: string;
  stderr: string;
  code?: number;
}
const sentinel = (...args: string[]): Promise<Said> =>
  run(process.execPath, [launcher, ...args, "--data", data]).catch((error: Said) => error);
const move = (...args: string[]): Promise<Said> => sentinel("import", ...args);
const status = async (url: string): Promise<number> => (await fetch(daemon.url + url)).status;

describe("from the predecessor", () => {
  const old = path.join(folder, "old-monitor");
  mkdirSync(path.join(old, "data"), { recursive: true });
  makePredecessor(path.join(old, "data", "monitor.db"));
  writeFileSync(
    path.join(old, "hosts.yaml"),
    "hosts:\n  - {name: Web 01, host_id: web01, token: an-older-token-of-web01, expected_frequency: 60}\n" +
      "  - {name: Printer, host_id: printer, token: tok-printer-0123456789, expected_frequency: 120, grace_period: 30}\n",
  );
  writeFileSync(path.join(old, ".env"), "API_HOST=0.0.0.0\nAPI_SECRET_KEY=canary-of-env\nBUSINESS_HOURS_START=07:30\n");

  test("a dry run says what would come, what not and why, and does nothing", async () => {
    const { stdout, stderr } = await move(old);
    expect(stdout).toContain("from the predecessor:");
    for (const id of ["web01", "office", "backup", "fw", "printer"]) expect(stdout).toContain(`add  host ${id}`);
    expect(stdout).toMatch(/skip {2}host broken: .*8 to 256/);
    expect(stdout).toContain("skip  variable API_HOST: the daemon reads it itself");
    expect(stdout).toMatch(
      /add {2}history heartbeats: 480 rows of 2 hosts, .* stay there: 1 of unknown hosts \(long-gone\)/,
    );
    expect(stdout).toMatch(/1 of [0-9-]+ or later, which Sentinel tells itself/);
    expect(stdout).toContain("add  history alerts: 2 rows of 2 hosts");
    expect(stdout).toContain("add  history log_analyses: 1 rows of 1 host");
    expect(stderr).toContain("nothing was changed; --yes does it");
    expect(stdout + stderr).not.toMatch(/canary|tok-/);
    expect((await daemon.call("GET", "/api/v1/hosts")).body.total).toBe(0);
  });

  const history = path.join(data, "history");
  const days = (): string[] =>
    existsSync(history) ? readdirSync(history).filter((name) => name.endsWith(".ndjson")) : [];

  test("what a power cut ends in the middle is done by the next one, and what was done stays as it is", async () => {
    const moving = move(old, "--yes");
    await until("the first days", () => days().length > 0);
    await daemon.kill();
    const { stdout } = await moving;
    expect(stdout).toMatch(/refused {2}history heartbeats: .* goes on from there/);
    const textOf = (name: string): string => readFileSync(path.join(history, name), "utf8");
    const before = days().map((name) => [name, textOf(name)]);
    daemon = await startDaemon(data);
    expect((await move(old, "--yes")).stdout).toMatch(/add {2}history heartbeats: .* [1-9]\d* there already/);
    expect(before.map(([name = ""]) => [name, textOf(name)])).toEqual(before);
    expect(days()).toHaveLength(60);
  });

  test("the past shows: history, alerts that are over, analyses without their secrets", async () => {
    const { stdout } = await sentinel("host", "history", "web01", "--from=-30d", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      ok: 30 * 4 - 1,
      fail: 1,
      intervals: { p50: expect.closeTo(21_600_000, -6) },
    });
    const alerts = await sentinel("alert", "list", "--state", "resolved");
    expect(alerts.stdout).toMatch(/a0-\d+ .*resolved .*office[^]*a0-\d+ .*resolved .*web01/);
    const analyses = await sentinel("analysis", "list", "--json");
    // The last of them: the source that came with it may have been looked at since.
    const id = (JSON.parse(analyses.stdout) as { items: { id: string }[] }).items.at(-1)?.id ?? "";
    const shown = await sentinel("analysis", "show", id);
    expect(shown.stdout).toMatch(/Many refused logins with password=<SECRET/);
  });

  test("every old heartbeat URL answers 200 unchanged, and the settings are there", async () => {
    expect((await move(old, "--yes")).stdout).not.toContain("refused");
    for (const id of ["web01", "office", "backup", "fw", "printer"])
      expect([id, await status(`/api/v1/heartbeat/${id}?token=tok-${id}-0123456789`)]).toEqual([id, 200]);
    expect(await status("/api/v1/heartbeat/web01?token=an-older-token-of-web01")).toBe(401);
    const { body } = await daemon.call("GET", "/api/v1/hosts/fw");
    expect(body).toMatchObject({ schedule_type: "custom", log_analysis_config: { ssh_host: "192.0.2.1" } });
    expect((await daemon.call("GET", "/api/v1/settings/upstream")).body).toMatchObject({
      enabled: true,
      frequency_seconds: 300,
    });
    expect((await daemon.call("GET", "/api/v1/settings/webhook")).body.enabled).toBe(true);
  });

  test("a second time there is nothing left to do", async () => {
    expect((await move(old, "--yes")).stdout).toMatch(
      /skip {2}host web01: there is one already[^]*skip {2}history heartbeats: .* 0 days of hosts taken[^]*skip {2}history alerts: .* 0 taken, 2 there[^]*skip {2}history log_analyses: .* 0 taken, 1 there/,
    );
  });
});

test("from healthchecks: its UUIDs go on as ping URLs", async () => {
  const uuid = "6f1b2c3d-1111-4222-8333-0123456789ab";
  const file = path.join(folder, "checks.json");
  const checks = [
    {
      name: "Nightly backup",
      slug: "nightly-backup",
      tags: "prod Großer-Tag",
      grace: 3600,
      status: "up",
      schedule: "0 3 * * *",
      tz: "Europe/Riga",
      ping_url: `https://hc.example.org/ping/${uuid}`,
    },
    {
      name: "Timer",
      slug: "timer",
      tags: "",
      grace: 60,
      status: "paused",
      schedule: "Mon..Fri 10:00",
      tz: "UTC",
      ping_url: "https://hc.example.org/ping/6f1b2c3d-1111-4222-8333-0123456789ac",
    },
    { name: "Simple", slug: "nightly-backup", tags: "", grace: 60, timeout: 600, status: "new" },
  ];
  writeFileSync(file, JSON.stringify({ checks }));
  const { stdout } = await move(file, "--yes");
  expect(stdout).toMatch(
    /add {2}host nightly-backup\n[^]*add {2}host timer\n[^]*add {2}host nightly-backup-2: the export has no URLs/,
  );
  expect(await status(`/ping/${uuid}/start`)).toBe(200);
  expect(await status(`/ping/${uuid}`)).toBe(200);
  expect((await daemon.call("GET", "/api/v1/hosts/timer")).body).toMatchObject({
    calendar: "Mon..Fri 10:00",
    state: "paused",
  });
});

test("from Uptime Kuma: push monitors go on, others become probes, and the rest is said", async () => {
  const file = path.join(folder, "kuma.json");
  const monitorList = [
    { name: "Cron", type: "push", interval: 60, maxretries: 2, pushToken: "abcdefgh01234567", active: true },
    {
      name: "Site",
      type: "keyword",
      url: "https://example.org",
      keyword: "Welcome",
      interval: 60,
      maxretries: 1,
      active: 0,
      accepted_statuscodes: ["200-299", "401"],
    },
    { name: "DB", type: "port", hostname: "db.example.org", port: 5432, interval: 20, maxretries: 0, active: true },
    { name: "Game", type: "steam", interval: 60 },
    { name: "No port", type: "port", hostname: "x.example.org", interval: 60 },
  ];
  writeFileSync(file, JSON.stringify({ version: "1.23", notificationList: [{ name: "My Discord" }], monitorList }));
  const { stdout } = await move(file, "--yes");
  expect(await status("/api/push/abcdefgh01234567?status=up&msg=OK&ping=12")).toBe(200);
  const { items } = (await daemon.call("GET", "/api/v1/probes")).body;
  expect(items.map(({ id, type, state }: Record<string, string>) => [id, type, state])).toEqual(
    expect.arrayContaining([
      ["site", "http", "paused"],
      ["db", "tcp", expect.any(String)],
    ]),
  );
  expect(stdout).toContain("skip  probe game: no probe here asks what a steam monitor does");
  expect(stdout).toContain("skip  channel my-discord: its secrets stay there");
  expect(stdout).toMatch(/skip {2}probe no-port: options.port/);
});

test.each([
  ["{}", /line 1: kind must be one of/],
  ['{"checks": [{"grace": "x"}]}', /checks\.0\.grace/],
  ['{"monitorList": 7}', /monitorList/],
])("what can't be read is refused with where: %s", async (text, message) => {
  const file = path.join(folder, "bad.json");
  writeFileSync(file, text);
  expect(await move(file)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});
