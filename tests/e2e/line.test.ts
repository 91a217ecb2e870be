/** The line as a daemon judges it that runs in the lab: what it is called, whom it excuses, and what people hear. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, type TestContext } from "vitest";
import { type Lab, labObjection, type Mend, openLab } from "../support/lab.ts";
import { plainEnvironment, readNote, root, until } from "../support/processes.ts";

interface Shown {
  state: string;
  reason: string;
  outages: { from: string; to?: string; layer: string }[];
}

const leftOut = labObjection() ?? (spawnSync("curl", ["--version"]).error ? "there is no curl" : undefined);
const noTunnel = existsSync("/dev/net/tun") ? "" : " (left out: this machine has no /dev/net/tun)";
const bundle = join(root, "dist", "sentinel.mjs");

const timeoutMs = 1_500;
// As often as may be; after a bad round the next begins 5 s later, or at once if a host's verdict waits for it.
const settings = { line: { periodMs: 10_000, timeoutMs } };
const far = { host_id: "far", name: "far", expected_frequency_seconds: 2, grace_period_seconds: 3 };

/** A daemon in a lab of its own, with a host that reports to it, and beyond the router whom it tells. */
async function openSite(onTestFinished: TestContext["onTestFinished"]) {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-line-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [config, inbox, log] = [join(folder, "sentinel.yaml"), join(folder, "inbox"), join(folder, "log")];
  writeFileSync(config, JSON.stringify({ settings }));
  writeFileSync(inbox, "");
  const lab = await openLab();
  onTestFinished(() => lab.close());
  const [command = "", ...prefix] = lab.inside;
  const env = plainEnvironment({ SENTINEL_LINE: "on" });
  const args = [bundle, "daemon", "--data", join(folder, "data"), "--config", config, "--listen", "127.0.0.1:8080"];
  const daemon = spawn(command, [...prefix, process.execPath, ...args], {
    env,
    stdio: ["ignore", "ignore", openSync(log, "w")],
  });
  onTestFinished(() => void daemon.kill("SIGKILL"));
  const { url } = await until("the daemon", () => readNote(join(folder, "data")));
  const token = readFileSync(join(folder, "data", "admin.token"), "utf8").trim();
  let isReporting = true;

  /** What a program says in the lab, which is JSON. */
  async function said<T>(program: string, ...more: string[]): Promise<T> {
    const child = spawn(command, [...prefix, program, ...more], { env, stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    const [status] = (await once(child, "close")) as [number];
    if (status !== 0)
      throw new Error(`${program} ended with ${status}: ${text}\n${readFileSync(log, "utf8").slice(-2_000)}`);
    return JSON.parse(text) as T;
  }
  function call<T>(path: string, body?: object): Promise<T> {
    const sent = body ? ["-H", "content-type: application/json", "-d", JSON.stringify(body)] : [];
    return said("curl", "-s", "--fail-with-body", "-H", `x-api-key: ${token}`, ...sent, `${url}/api/v1/${path}`);
  }
  const listed = async <T>(path: string): Promise<T[]> => (await call<{ items: T[] }>(path)).items;

  await call("hosts", far);
  const secrets = { url: await lab.receive(inbox) };
  await call("channels", { id: "ops", type: "webhook", options: { allowHttp: true }, secrets });
  const beat = async (): Promise<void> => void (isReporting && (await call("heartbeat/far", { status: "ok" })));
  await beat();
  const beats = setInterval(() => beat().catch(() => {}), 500);
  onTestFinished(() => clearInterval(beats));

  return {
    lab,
    report: (is: boolean) => void (isReporting = is),
    far: () => call<{ state: string; due_at: string }>("hosts/far"),
    alerts: () => listed<{ key: string; heldBy?: string }>("alerts"),
    deliveries: () => listed<{ event: string; state: string }>("deliveries"),
    told: () =>
      readFileSync(inbox, "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { event: string; title: string; reason: string }),
    /** The line as people ask for it. */
    ask: () => said<Shown>(process.execPath, bundle, "line", "show", "--json", "--url", url, "--token", token),
    becomes: (state: string) =>
      until(
        `the line to be ${state}`,
        async () => [await call<Shown>("line")].find((shown) => shown.state === state),
        45_000,
      ),
  };
}
type Site = Awaited<ReturnType<typeof openSite>>;
type Break = (lab: Lab) => Promise<Mend>;

/** Breaks the line until it is called that, mends it, and waits until it is up; the outage must be dated by that. */
async function during(site: Site, fault: Break, layer: string, why: RegExp, meanwhile?: () => Promise<void>) {
  await site.becomes("up");
  const brokenAt = Date.now();
  const mend = await fault(site.lab);
  if (meanwhile) site.report(false);
  await site.becomes(layer);
  expect(await site.ask()).toMatchObject({ state: layer, reason: expect.stringMatching(why) as string });
  await meanwhile?.();
  const mendedAt = Date.now();
  await mend();
  const [{ from, to = "" } = { from: "" }] = (await site.becomes("up")).outages;
  // What a round finds that had begun just before may be either.
  expect(Date.parse(from)).toBeGreaterThan(brokenAt - timeoutMs);
  expect(Date.parse(to)).toBeGreaterThan(mendedAt - timeoutMs);
  return { from, to, brokenAt, mendedAt };
}

const patience = { timeout: 110_000 };

describe.skipIf(leftOut)(leftOut ? `the line (left out: ${leftOut})` : "the line", { concurrent: true }, () => {
  test.skipIf(noTunnel).for<[string, Break, RegExp]>([
    ["a loss of 30 %", (lab) => lab.impair({ lossPercent: 30 }), /^it is slow: \d\d % of the packets are lost$/],
    ["a delay of 400 ms", (lab) => lab.impair({ delayMs: 400 }), /^it is slow: half of the answers take/],
  ])(
    `%s makes it slow, which alarms nobody so soon${noTunnel}`,
    patience,
    async ([, fault, why], { onTestFinished }) => {
      const site = await openSite(onTestFinished);
      await during(site, fault, "slow", why);
      expect([await site.alerts(), (await site.far()).state]).toEqual([[], "up"]);
    },
  );

  test.for<[string, string, Break, RegExp]>([
    ["a cut cable", "gateway", (lab) => lab.cutCable(), /^the gateway can't be reached: /],
    ["a cut beyond the router", "lost", (lab) => lab.cutLine(), /^nothing beyond the gateway can be reached: TCP/],
    [
      "a dead gateway that the neighbour table still knows",
      "gateway",
      (lab) => lab.killGateway({ known: false }),
      /^the gateway can't be reached: it answers no pings any more$/,
    ],
    ["a dead resolver", "dns", (lab) => lab.killResolvers("system"), /^names can't be resolved: DNS system/],
    ["a captive portal", "captive", (lab) => lab.openPortal(), /^a portal answers .*portal\.test/],
  ])(
    "%s is called %s; no host is blamed for it, and people hear of it once it is over",
    patience,
    async (one, test) => {
      const [, layer, fault, why] = one;
      const site = await openSite(test.onTestFinished);
      const { from, to, brokenAt, mendedAt } = await during(site, fault, layer, why, async () => {
        const downAt = Date.parse((await site.far()).due_at) + far.grace_period_seconds * 1_000;
        await until("the host's time to be over", () => Date.now() > downAt + 2_000);
        expect((await site.far()).state).not.toBe("down");
        expect(site.told()).toEqual([]);
        expect(await site.alerts()).toMatchObject([
          { key: "connectivity:internet", heldBy: "told once the line is back" },
        ]);
      });
      const { state, due_at } = await site.far();
      expect([state, Date.parse(due_at) > Date.parse(to)]).toEqual(["up", true]);
      site.report(true);
      expect(Math.max(Date.parse(from) - brokenAt, Date.parse(to) - mendedAt)).toBeLessThan(15_000);
      await until("the message", async () => (await site.deliveries()).every((sent) => sent.state === "sent"));
      const said = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
      expect(site.told()).toMatchObject([
        {
          event: "resolved",
          title: expect.stringMatching(/^Resolved: The internet line was down for \d+s$/) as string,
          reason: expect.stringContaining(`from ${said(from)} to ${said(to)}, `) as string,
        },
      ]);
      expect((await site.alerts()).map(({ key }) => key)).toEqual(["connectivity:internet"]);
    },
  );
});
