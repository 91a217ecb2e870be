import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { root } from "../support/processes.ts";
import { openProvider, type Provider } from "../support/provider.ts";
import { openTerminal, type TestTerminal } from "../support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-console-alerts-"));
let daemon: DaemonProcess;
let provider: Provider;

beforeAll(async () => {
  daemon = await startDaemon(folder);
  provider = await openProvider(() => ({ status: 404, body: "no such hook" }));
  const secrets = { url: `${provider.origin}/hook` };
  await daemon.call("POST", "/api/v1/channels", { id: "ops", type: "webhook", secrets });
});
afterAll(async () => {
  await daemon.stop();
  await provider.close();
});

const openConsole = (env: Record<string, string> = {}): TestTerminal =>
  openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder], {
    columns: 120,
    rows: 30,
    env,
  });

/** A host that is down because it says so. */
async function down(name: string): Promise<void> {
  await daemon.call("POST", "/api/v1/hosts", { name, expected_frequency_seconds: 3600 });
  await daemon.call("POST", `/api/v1/heartbeat/${name}`, { status: "fail" });
}
const alertOf = async (host: string) => (await daemon.call("GET", `/api/v1/alerts?host=${host}`)).body.items[0];

/** Puts the cursor on the one alert of a host. */
async function select(screen: TestTerminal, host: string): Promise<void> {
  screen.type(`3/\u0015${host}\r`);
  await screen.see(new RegExp(`▸.*${host}`));
}

test("an alert is taken, left be, silenced and resolved, and each is the daemon's own then", async () => {
  await Promise.all(["web01", "db01", "mail01"].map(down));
  const screen = openConsole();
  await screen.see(/web01 +DOWN/);

  await select(screen, "web01");
  screen.type("aon it\r");
  await screen.see(/acked +web01/);
  await screen.see("Acknowledged: web01; u takes it back");
  expect(await alertOf("web01")).toMatchObject({ state: "acknowledged", ackedBy: "admin", comment: "on it" });
  screen.type("u");
  await screen.see(/FIRING +web01/);
  await expect.poll(async () => (await alertOf("web01")).state).toBe("firing");

  await select(screen, "db01");
  screen.type("z2h asleep\r");
  await screen.see("Snoozed for 2h: db01, sent in 5s; u takes it back");
  await screen.see(/snoozed +db01/);
  expect((await alertOf("db01")).snoozedUntil).toBeUndefined();

  await select(screen, "mail01");
  screen.type("s1h known\r");
  await screen.see("Silenced: host mail01 for 1h; u takes it back");
  screen.type("7");
  await screen.see(/active +host mail01 +ends (\d\d-\d\d )?\d\d:\d\d, in \S+ +.*known/);
  screen.type("D");
  await screen.see(/End silence mail01-\d{4}\?/);
  screen.type("y");
  await screen.see("No silences: every alert is told.");
  expect((await daemon.call("GET", "/api/v1/silences")).body.items).toEqual([]);

  await expect
    .poll(() => alertOf("db01"), { timeout: 10_000 })
    .toMatchObject({
      snoozedBy: "admin",
      comment: "asleep",
      heldBy: "snoozed by admin",
    });

  await select(screen, "mail01");
  screen.type("R\r");
  await screen.see("Resolved: mail01, sent in 5s; u takes it back");
  screen.type("u");
  await screen.see("mail01: taken back");
  await select(screen, "web01");
  screen.type("Rgone\r");
  await screen.see("Resolved: web01, sent in 5s");
  // What is still held when the person leaves goes out before.
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
  expect(await alertOf("web01")).toMatchObject({ state: "resolved", resolution: "resolved by admin: gone" });
  expect((await alertOf("mail01")).state).toBe("firing");
}, 60_000);

test("marked alerts are done to together, and a refusal rolls all of it back", async () => {
  await Promise.all(["a01", "a02", "a03"].map(down));
  const screen = openConsole();
  await screen.see(/a03 +DOWN/);
  screen.type("3/a0\r");
  await screen.see(/FIRING +a01/);
  screen.type("gvGvatogether\r");
  await screen.see("Acknowledged: 3 alerts");
  await screen.see(/acked +a01/);
  for (const host of ["a01", "a02", "a03"])
    expect(await alertOf(host)).toMatchObject({ state: "acknowledged", comment: "together" });

  // It is over by the time that this is sent.
  const { id } = await alertOf("a02");
  screen.type("gvGvzlater\u00151h\r");
  await screen.see("Snoozed for 1h: 3 alerts, sent in 5s");
  await screen.see(/snoozed +a01/);
  await daemon.call("POST", `/api/v1/alerts/${id}/resolve`);
  await screen.see(`3 alerts: not snoozed for 1h: alert ${id} is resolved already`, 15_000);
  await screen.see(/acked +a01/);
  expect((await alertOf("a01")).snoozedUntil).toBeUndefined();
}, 60_000);

test("a maintenance is planned, is on, and is ended", async () => {
  await down("nas01");
  const screen = openConsole();
  await screen.see(/nas01 +DOWN/);
  screen.type("7\t+host:nas01 2h new disk\r");
  await screen.see("sent in 5s");
  await screen.see(/active +host nas01 +ends .* new disk/, 15_000);
  screen.type("x");
  await screen.see(/End maintenance m\d+ now\?/);
  screen.type("y");
  await screen.see(/Ended: maintenance m\d+/);
  await screen.see(/over +host nas01 +ended/);
  screen.type("D");
  await screen.see("off the list?");
  screen.type("y");
  await screen.see("No maintenance: all hosts are watched.");
}, 60_000);

test("an alert's own screen shows that nobody could be told of it, and why", async () => {
  await down("shop01");
  const screen = openConsole();
  await screen.see(/shop01 +DOWN/);
  await select(screen, "shop01");
  screen.type("\r");
  await screen.see(/FIRING critical shop01 is down/);
  await screen.see(/since +\d\d:\d\d, .* ago/);
  await screen.see(/host +shop01 down for/);
  await screen.see(/FAILED +ops +raised +\d\d:\d\d .*404/, 15_000);
  screen.type("c404 everywhere\r");
  await screen.see(/comment +"404 everywhere"/);
  await screen.see(/\d\d:\d\d {2}admin commented: "404 everywhere"/, 15_000);
  screen.type("\r");
  await screen.see(/─ (Host|shop01)/);
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
}, 60_000);

test("a viewer is offered nothing that it can't do, and hears why", async () => {
  await down("view01");
  const made = await daemon.call("POST", "/api/v1/tokens", { name: "eve", role: "viewer" });
  const screen = openTerminal(
    process.execPath,
    [join(root, "bin/sentinel-tui.cjs"), "--url", daemon.url, "--token", made.body.token],
    { columns: 120, rows: 30 },
  );
  await screen.see(/view01 +DOWN/);
  await select(screen, "view01");
  expect(screen.screen().split("\n").at(-1)).toMatch(/filter/);
  expect(screen.screen().split("\n").at(-1)).not.toMatch(/acknowledge|snooze|silence|resolve/);
  for (const key of ["a", "z", "R"]) {
    screen.type(key);
    await screen.see("this token may look but not act: that takes an operator's");
    screen.type("\u001b");
    await screen.see(/filter +/);
  }
  expect((await alertOf("view01")).state).toBe("firing");
}, 60_000);
