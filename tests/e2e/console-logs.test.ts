import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { root } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

const CANARY = "canary-4f7b19d2e8";
const folder = mkdtempSync(join(tmpdir(), "sentinel-console-logs-"));
const log = `${folder}.log`;
let daemon: DaemonProcess;

beforeAll(async () => {
  daemon = await startDaemon(folder);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(log, { force: true });
});

const startedAt = Date.now() - 3_600_000;
const isoAt = (nth: number): string => new Date(startedAt + nth * 100).toISOString();
/** A quiet day, a break-in in the middle of it, and what a terminal should be fooled by. */
function theLog(): string {
  const quiet = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${isoAt(from + i)} web01 app[1]: job ${from + i} took ${i % 40} ms`);
  const tries = Array.from(
    { length: 300 },
    (_, i) =>
      `${isoAt(6_000 + i)} web01 sshd[${800 + i}]: Failed password for root from 203.0.113.9 port ${30_000 + i} ssh2`,
  );
  return [
    ...quiet(0, 6_000),
    ...tries,
    `${isoAt(6_300)} web01 sshd[9000]: Accepted password for root from 203.0.113.9 port 41000 ssh2`,
    `${isoAt(6_301)} web01 app[1]: connecting with password=${CANARY} to db01`,
    `${isoAt(6_302)} web01 app[1]: \u001b[2J\u001b]0;owned\u0007日本語 👨‍👩‍👧 \u202egnp.exe`,
    ...quiet(6_400, 6_000),
    `${isoAt(12_500)} web01 app[1]: the very last line`,
    "",
  ].join("\n");
}

test("logs are read at a key, found out, gone through, taken along and followed", async () => {
  writeFileSync(log, "");
  await daemon.call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 86_400 });
  const screen = openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder], {
    columns: 80,
    rows: 24,
  });
  await screen.see("live");
  screen.type("4");
  await screen.see("No log is read.");
  await screen.see("sentinel logs add web01-log --host web01");
  const options = { path: log, from: "start" };
  await daemon.call("POST", "/api/v1/log-sources", { id: "auth", host: "web01", type: "file", options });
  await screen.see("A reads a host's logs now");

  screen.type("A");
  await screen.see("Read the logs of:");
  screen.type("web01\r");
  // It may have been read on its schedule just before: from here on it isn't for half an hour.
  await screen.see(/Analyses [12]/, 30_000);
  await screen.see(/web01 +0/);
  appendFileSync(log, theLog());
  // What the other pane has selected is the guess.
  screen.type("A");
  await screen.see("Read the logs of: web01");
  screen.type("\r");
  await screen.see(/C {2}web01 .*Log-in/i, 30_000);

  screen.type("\r");
  await screen.see(/▸●. *6301 .*sshd\[9000\]: Accepted password/);
  await screen.see(/web01 · .* asked for|web01 · .* on schedule/);
  await screen.see("no model asked");
  expect(screen.screen()).toMatch(/▸C .*Log-in/i);

  // All that was read, to its end, and what is searched for in it.
  screen.type("l");
  await screen.see(/all that were read, [\d,]+ of 12,304 loaded/);
  screen.type("G");
  await screen.see("the very last line", 20_000);
  await screen.see("all that were read, 12,304");
  screen.type("g/Accepted.*root\r");
  await screen.see(/▸●. *6301 .*Accepted password for root/);
  screen.type("jj");
  await screen.see(/▸ +6303 .*日本語 👨👩👧 gnp\.exe/u);
  expect(screen.screen()).toContain("password=<SECRET");
  screen.type("gh");
  await screen.see(/×6,?000 .*job 0 took/);
  screen.type("h");

  screen.type("y");
  await screen.see("sent to your terminal's clipboard");
  expect(screen.clipboard()).toMatch(/^2\S+ web01 app\[1\]: job 0 took 0 ms$/);
  const file = `${folder}-saved.txt`;
  screen.type(`W\u0015${file}\r`);
  await screen.see("Written to ");
  expect(readFileSync(file, "utf8")).toContain("the very last line\n");
  expect(readFileSync(file, "utf8")).not.toContain(CANARY);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  screen.type(`W\u0015${file}\r`);
  await screen.see("there is such a file already");
  rmSync(file);

  screen.resize(160, 50);
  await screen.see(/Lines all that were read.*│.*Findings/);
  screen.resize(60, 15);
  await screen.see(/web01 · /);
  screen.resize(80, 24);

  // What comes next opens by itself for who asks for that.
  screen.type("f");
  await screen.see("following: each new look opens as it comes");
  appendFileSync(log, `${isoAt(13_000)} web01 kernel: Out of memory: Killed process 4711 (postgres) total-vm:1kB\n`);
  expect((await daemon.call("POST", "/api/v1/hosts/web01/analyze")).status).toBe(200);
  await screen.see(/Out of memory: Killed process 4711/);
  expect(screen.screen()).not.toContain(CANARY);

  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
}, 120_000);
