import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { root } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";
import type { TestTerminal } from "../support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-console-hosts-"));
let daemon: DaemonProcess;

beforeAll(async () => {
  daemon = await startDaemon(folder);
});
afterAll(() => daemon.stop());

const openConsole = (size: { columns: number; rows: number }, ...more: string[]): TestTerminal =>
  openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder, ...more], size);

test.each([
  { columns: 80, rows: 24, id: "web01" },
  { columns: 60, rows: 15, id: "web02" },
])("a host is added by its form at $columns x $rows, and its token is shown once", async ({ columns, rows, id }) => {
  const screen = openConsole({ columns, rows });
  await screen.see("live");
  screen.type("2+");
  await screen.see("Add a host");
  screen.type("Web 01\t");
  await screen.see(/! Id +Web 01 +! use 1 to 64/);
  // Back to it, emptied, and on to the tags: in one go, as a slow line brings keys.
  screen.type(`\u001b[Z\u0015${id}\t\tprod web\t`);
  await screen.see(/Tags +prod web/);
  screen.type("\r");
  const shown = await screen.see("Shown this once");
  const token = /sentinel_host_[\w-]+(\n {2}[\w-]+)?/.exec(shown)?.[0].replace(/\s/g, "") ?? "";
  screen.type("\t");
  await screen.see(/\[curl\][^]*curl -fsS/);
  screen.type("c");
  await screen.see("curl sent to your terminal's clipboard");
  screen.type("\u001b");
  await screen.see("It isn't shown again");
  screen.type("y");
  await screen.see(new RegExp(`${id} +new`));
  expect((await daemon.call("GET", `/api/v1/hosts/${id}`)).body).toMatchObject({ tags: ["prod", "web"] });

  const headers = { "x-api-key": token };
  expect((await fetch(`${daemon.url}/api/v1/heartbeat/${id}`, { headers })).status).toBe(200);
  await screen.see(new RegExp(`${id} +up`));
  screen.type("\r");
  await screen.see(/expected +every 5m, grace 1m/);
  await screen.see(/uptime +today/);
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});

test("hosts are filtered, sorted, marked, paused together and resumed by u; a refused change is rolled back", async () => {
  for (const [id, seconds] of [
    ["app01", 60],
    ["app02", 30],
    ["app03", 90],
  ] as const)
    await daemon.call("POST", "/api/v1/hosts", { name: id, expected_frequency_seconds: seconds, tags: ["app"] });
  const screen = openConsole({ columns: 80, rows: 24 });
  await screen.see("live");
  screen.type("2/!web tag:app");
  await screen.see(/Hosts 3 of \d match/);
  screen.type("\rE");
  await screen.see(/app02[^]*app01[^]*app03/);
  screen.type("vjvP");
  await screen.see(/app02 +paused[^]*app01 +paused[^]*app03 +new/);
  await screen.see("Paused: 2 hosts; u takes it back");
  expect((await daemon.call("GET", "/api/v1/hosts?state=paused")).body.total).toBe(2);
  screen.type("u");
  await screen.see(/app02 +new[^]*app01 +new[^]*app03 +new/);
  await screen.see("Resumed: 2 hosts");
  expect((await daemon.call("GET", "/api/v1/hosts?state=paused")).body.total).toBe(0);
  await screen.see(/^ sentinel +live +3 new +2 up/);

  screen.type("g\u0005");
  await screen.see("Edit app02");
  // A time that never falls into the hours in which it is watched.
  screen.type("\t\t \t0 3 * * *\t\t\t\t\u0015Mon-Fri 08:00-18:00\r");
  await screen.see("no expected time ever falls into it");
  screen.type("\u001by");
  await screen.see(/app02 +new +30s/);
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});

test("a token that may only look is told so, and nothing is done", async () => {
  const { token } = (await daemon.call("POST", "/api/v1/tokens", { name: "wall", role: "viewer" })).body;
  const screen = openConsole({ columns: 80, rows: 24 }, "--url", daemon.url, "--token", token);
  await screen.see("live");
  screen.type("2");
  const footer = (await screen.see(/app01 +new/)).split("\n").at(-1);
  expect(footer).not.toMatch(/pause|add|edit/);
  screen.type("P");
  await screen.see("this token may look but not act: that takes an operator's");
  screen.type("+");
  await screen.see("this token may look but not act: that takes an administrator's");
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});

test("a job's runs are seen as they start, go on and end, beside what is to be known of it", async () => {
  const about = { name: "job01", max_run_seconds: 3_600, notes: "nightly backup\ncall ada" };
  const { ping_url: url } = (await daemon.call("POST", "/api/v1/hosts", about)).body;
  const ping = async (action: string): Promise<void> => void (await (await fetch(`${url}${action}`)).text());
  const screen = openConsole({ columns: 80, rows: 24 });
  await screen.see("live");
  screen.type("2/^job01\rg\r");
  await screen.see(/no heartbeat yet/);
  await screen.see(/Notes\n nightly backup\n call ada/);
  await ping("/start?rid=7f0e6f5a-6f0e-4b0e-9f0e-000000000001");
  await screen.see(/running for \ds of at most 1h, since \S+, run\s+7f0e6f5a-6f0e/, 1_000);
  await screen.see(/running for [2-9]s/);
  await daemon.call("POST", "/api/v1/heartbeat/job01", {
    exitCode: 3,
    run: "7f0e6f5a-6f0e-4b0e-9f0e-000000000001",
    message: "no space left",
  });
  await screen.see(/Runs\n FAILED +\S+ +took \d\S*( \d+ms)?, exit 3, "no space left"/);
  expect(screen.screen()).not.toContain("running for");
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});
