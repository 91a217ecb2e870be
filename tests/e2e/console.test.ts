import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { startProvider } from "../support/provider.ts";
import { freePort, root } from "../support/processes.ts";
import { openTerminal, type TestTerminal } from "../support/terminal.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "sentinel-console-"));
let daemon: DaemonProcess;

beforeAll(async () => {
  daemon = await startDaemon(folder);
});
afterAll(() => daemon.stop());

const sentinel = (...args: string[]) =>
  run(process.execPath, [join(root, "bin/sentinel.cjs"), ...args, "--data", folder]);
const openConsole = (size: { columns: number; rows: number }): TestTerminal =>
  openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder], size);
const alertIn = async (state: string) => (await daemon.call("GET", `/api/v1/alerts?state=${state}`)).body.items[0];

test("a host is added, comes up, falls silent, is acknowledged, and recovers: on the screen and in REST", async () => {
  const screen = openConsole({ columns: 80, rows: 24 });
  await screen.see("live");
  await screen.see("sentinel host add");

  const { stdout } = await sentinel("host", "add", "web01", "--every", "3s", "--grace", "1s", "--json");
  const { secrets } = JSON.parse(stdout) as { secrets: { heartbeat_url: string } };
  await screen.see(/web01 +new/);

  await run("curl", ["-fsS", secrets.heartbeat_url]);
  await screen.see(/web01 +up/);

  await screen.see(/web01 +DOWN/);
  await screen.see(/FIRING +web01/);
  await screen.see(/no heartbeat for \d+s/);

  screen.type("a");
  await screen.see(/omment/);
  screen.type("on it\r");
  await screen.see(/acked +web01/);
  await expect.poll(() => alertIn("acknowledged")).toMatchObject({ host: "web01", ackedBy: "admin", comment: "on it" });

  await run("curl", ["-fsS", secrets.heartbeat_url]);
  await screen.see(/web01 +up/);
  await expect.poll(() => alertIn("resolved")).toMatchObject({ host: "web01", state: "resolved", ackedBy: "admin" });

  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});

test("a channel that nothing goes through is told in the console, as plain text and in health, until it is gone", async () => {
  const provider = await startProvider(() => ({ status: 404, body: "no such hook" }));
  await daemon.call("POST", "/api/v1/channels", {
    id: "ops",
    type: "webhook",
    secrets: { url: `${provider.origin}/hook` },
  });
  const notify = async () => (await daemon.call("GET", "/api/v1/health")).body.components.notify;
  expect(await notify()).toMatchObject({ status: "ok", detail: "1 of 1 channels work" });
  const screen = openConsole({ columns: 60, rows: 15 });
  await screen.see("live");
  await daemon.call("POST", "/api/v1/hosts", { name: "mail01", expected_frequency_seconds: 3600 });
  await daemon.call("POST", "/api/v1/heartbeat/mail01", { status: "fail" });
  await screen.see("NOBODY IS TOLD: no channel works");
  expect(await notify()).toMatchObject({ status: "degraded", detail: expect.stringContaining("(ops)") });
  const plain = openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder], {
    columns: 160,
    rows: 24,
    env: { TERM: "dumb" },
  });
  await plain.see("NOBODY IS TOLD: no channel works (ops: The webhook answered 404");
  await daemon.call("DELETE", "/api/v1/channels/ops");
  await plain.see("no channel: nobody is told");
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});

test("the line and the probes are seen falling and rising, and jobs with their next run", async () => {
  const port = await freePort();
  const serve = async () => {
    const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const answering = await serve();
  const screen = openConsole({ columns: 80, rows: 24 });
  await screen.see("live");
  screen.type("5");
  await screen.see("it isn't watched");
  await screen.see("sentinel probe add");

  const target = { host: "127.0.0.1", port };
  const targets = [{ name: "near", type: "tcp", options: target }];
  const value = { enabled: true, periodMs: 10_000, timeoutMs: 500, failures: 1, slowMs: 400, lossPercent: 60, targets };
  await sentinel("setting", "set", "line", JSON.stringify(value));
  await daemon.call("POST", "/api/v1/probes", {
    id: "shop",
    type: "tcp",
    options: target,
    periodMs: 5_000,
    retryMs: 1_000,
  });
  await screen.see(/up for \d+/, 30_000);
  await screen.see(/near +up +\d+ ms +\S+ +[_▁]/, 30_000);
  await screen.see(/up +shop +\d+ ms/, 30_000);

  answering.close();
  await screen.see(/line LOST/, 30_000);
  await screen.see(/LOST for \d+s: /);
  await screen.see(/last 24h +[-·]*L+ *$/m);
  await screen.see(/near +DOWN .*refused/);
  await screen.see(/DOWN +shop .*refused/, 30_000);

  screen.type("6");
  await screen.see(/line +ok +\S+ +\S+ +\d+ms/);
  await screen.see(/line +DEGRADED +lost since/);
  const again = await serve();
  await screen.see("Health healthy", 30_000);
  expect(screen.screen().split("\n")[0]).not.toContain("line");
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
  again.close();
}, 120_000);

test("a daemon that goes away and comes back is picked up, with nothing lost or doubled", async () => {
  await daemon.call("POST", "/api/v1/hosts", { name: "db01", expected_frequency_seconds: 3600 });
  const screen = openConsole({ columns: 160, rows: 50 });
  await screen.see(/db01 +new/);
  const listen = new URL(daemon.url).host;
  await daemon.kill();
  await screen.see("reconnecting");
  expect(screen.screen()).toMatch(/db01 +new/);

  daemon = await startDaemon(folder, listen);
  await screen.see("live");
  await daemon.call("GET", "/api/v1/heartbeat/db01");
  await screen.see(/db01 +up/);
  const rows = screen
    .screen()
    .split("\n")
    .filter((line) => /\bdb01\b/.test(line) && /\bup\b/.test(line) && !line.includes("first heartbeat."));
  expect(rows.filter((line) => line.includes("1h")).length).toBe(1);
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});
