import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import { type Provider, startProvider } from "../../tests/support/provider.ts";
import { createApp } from "./app.ts";
import { OptionsError, readOptions } from "./options.ts";

// What a test expects of an answer it says by its assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

const clock = createFakeClock();
let folder: string;
let provider: Provider;
const running: { stop(): Promise<void> }[] = [];
const logged: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-settings-"));
  provider = await startProvider();
  logged.length = 0;
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});
const stop = async () => {
  for (const app of running.splice(0)) await app.stop();
};

/** A daemon on the same folder as the one before, which is stopped first. */
async function start(env: Record<string, string> = {}, yaml?: string) {
  await stop();
  const config = yaml === undefined ? undefined : join(folder, "sentinel.yaml");
  if (config) writeFileSync(config, yaml ?? "");
  const app = createApp(
    readOptions({ flags: { data: folder, listen: "127.0.0.1:0", config }, env: { SENTINEL_LINE: "off", ...env } }),
    {
      version: "0.1.0",
      clock,
      bootTime: clock.bootTime,
      log: pino({}, { write: (line: string) => void logged.push(line) }),
      onFatal: (error) => void logged.push(error.message),
    },
  );
  await app.start();
  running.push(app);
  const token = readFileSync(join(folder, "admin.token"), "utf8").trim();
  const call = async (method: string, path: string, body?: unknown, key = token) => {
    const headers = { "x-api-key": key, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const reply = await fetch(`${app.address.url}/api/v1${path}`, init);
    return { status: reply.status, body: (await reply.json()) as Json };
  };
  const shown = async (name: string) => {
    const { items } = (await call("GET", "/config/values")).body;
    return items.find((item: { name: string }) => item.name === name);
  };
  return { call, shown };
}

/** All that was kept but secrets.json, and all that was logged. */
const kept = (): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name !== "secrets.json" && name !== "sentinel.yaml" && statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .concat(logged)
    .join("\n");

const upstreamPath = "/settings/upstream";
const webhookPath = "/settings/webhook";

describe("business hours", () => {
  const due = async ({ call }: Awaited<ReturnType<typeof start>>) => (await call("GET", "/hosts/office")).body.due_at;
  const office = {
    name: "office",
    expected_frequency_seconds: 7 * 3_600,
    schedule_type: "business_hours",
    token: "office-token",
  };

  test("come from run time, environment, file and default, in this order; deadlines follow, and a restart keeps them", async () => {
    const yaml = 'settings: { businessHours: { start: "01:00" } }';
    const env = { BUSINESS_HOURS_START: "02:00" };
    let daemon = await start();
    await daemon.call("POST", "/hosts", office);
    await daemon.call("POST", "/heartbeat/office");
    const byDefault = await due(daemon);
    const name = "businessHours.start";
    expect(await daemon.shown(name)).toEqual({ name, value: "08:00", source: "default" });

    daemon = await start({}, yaml);
    expect(await daemon.shown(name)).toEqual({
      name,
      value: "01:00",
      source: "file",
      from: join(folder, "sentinel.yaml"),
    });
    const byFile = await due(daemon);
    expect(byFile).not.toBe(byDefault);
    daemon = await start(env, yaml);
    expect(await daemon.shown(name)).toEqual({
      name,
      value: "02:00",
      source: "environment",
      from: "BUSINESS_HOURS_START",
    });
    expect(await daemon.shown("businessHours.end")).toMatchObject({ value: "18:00", source: "default" });

    const hours = { start: "03:00", end: "18:00", days: [1, 2, 3, 4, 5], zone: "UTC" };
    expect(await daemon.call("PUT", "/settings/businessHours", hours)).toMatchObject({ status: 200 });
    expect(await daemon.shown(name)).toEqual({ name, value: "03:00", source: "run-time" });
    daemon = await start(env, yaml);
    expect(await daemon.shown(name)).toEqual({ name, value: "03:00", source: "run-time" });
    await daemon.call("DELETE", "/settings/businessHours");
    expect(await daemon.shown(name)).toMatchObject({ value: "02:00", source: "environment" });
    daemon = await start();
    expect(await daemon.shown(name)).toMatchObject({ value: "08:00", source: "default" });
    expect(await due(daemon)).toBe(byDefault);
  });
  test("that would leave a host never due end the start, by name, and with nothing changed", async () => {
    const daemon = await start();
    await daemon.call("POST", "/hosts", { ...office, cron_expression: "0 10 * * *" });
    const failing = start({ BUSINESS_HOURS_START: "12:00" });
    await expect(failing).rejects.toThrow(OptionsError);
    await expect(failing).rejects.toThrow(
      /setting businessHours: no heartbeat of office would ever be due any more \(it comes from BUSINESS_HOURS_START\)/,
    );
    expect(await (await start()).shown("businessHours.start")).toMatchObject({ source: "default" });
  });
});

describe("the upstream", () => {
  const secret = "0b9d1c3e-2f4a-4b5c-8d6e-000000000001";

  test("is told from the configuration, then from run time, and its URL is nowhere but in secrets.json", async () => {
    const configured = `${provider.origin}/ping/${secret}`;
    const daemon = await start({ HEALTHCHECKS_URL: configured });
    await vi.waitFor(() => expect(provider.heard).toHaveLength(2));
    const masked = { enabled: true, url: `${provider.origin}/…`, frequency_seconds: 300 };
    expect((await daemon.call("GET", upstreamPath)).body).toEqual(masked);
    expect(await daemon.shown("upstream.url")).toMatchObject({ source: "environment", from: "HEALTHCHECKS_URL" });

    // Only what is named changes: the URL stays the environment's.
    const faster = await daemon.call("PUT", upstreamPath, { ...masked, frequency_seconds: 60 });
    expect(faster).toEqual({ status: 200, body: { ...masked, frequency_seconds: 60 } });
    expect(await daemon.shown("upstream.periodMs")).toMatchObject({ value: 60_000, source: "run-time" });
    expect(await daemon.shown("upstream.url")).toMatchObject({ source: "environment" });
    await vi.waitFor(() => expect(provider.heard).toHaveLength(3));

    await daemon.call("PUT", upstreamPath, { url: `${provider.origin}/alive/${secret}` });
    expect(await daemon.shown("upstream.url")).toMatchObject({ value: masked.url, source: "run-time" });
    await vi.waitFor(() => expect(provider.heard.at(-1)?.url.pathname).toBe(`/alive/${secret}`));
    const health = (await daemon.call("GET", "/health")).body;
    expect(health.components.upstream.detail).toContain("url, every 1m");
    expect(JSON.stringify(health)).not.toContain(secret);

    const again = await start({ HEALTHCHECKS_URL: configured });
    expect((await again.call("GET", upstreamPath)).body.frequency_seconds).toBe(60);
    await vi.waitFor(() => expect(provider.heard.at(-1)?.url.pathname).toBe(`/alive/${secret}`));
    expect(readFileSync(join(folder, "secrets.json"), "utf8")).toContain(secret);
    expect(kept()).not.toContain(secret);

    await again.call("DELETE", "/settings/upstream");
    await vi.waitFor(() => expect(provider.heard.at(-1)?.url.pathname).toBe(`/ping/${secret}`));
    expect(readFileSync(join(folder, "secrets.json"), "utf8")).not.toContain(secret);
    expect((await (await start()).call("GET", upstreamPath)).body).toEqual({ ...masked, enabled: false, url: null });
  });

  test("that lost its URL with the configuration says so", async () => {
    await (await start({ HEALTHCHECKS_URL: `${provider.origin}/x` })).call("PUT", upstreamPath, { enabled: true });
    const { upstream } = (await (await start()).call("GET", "/health")).body.components;
    expect(upstream).toEqual({ status: "degraded", detail: expect.stringMatching(/^on, but without a URL/) });
  });

  test("that can't be told makes the monitor's health worse", async () => {
    const { call } = await start({ HEALTHCHECKS_URL: `${provider.origin}/ping/${secret}` });
    await vi.waitFor(() => expect(provider.heard).toHaveLength(2));
    provider.script.push({ status: 404 });
    clock.advance(5 * 60_000);
    await vi.waitFor(async () => {
      const { body } = await call("GET", "/health");
      expect(body).toMatchObject({ status: "degraded", components: { upstream: { status: "degraded" } } });
    });
  });

  test.each([
    ["no URL while it is on", { enabled: true }, "url"],
    ["a URL that is none", { url: "hc-ping" }, "url"],
    ["plain http to anywhere", { url: "http://example.org/x" }, "url"],
    ["plain http to a private address, unwanted", { url: "http://10.0.0.1/x" }, "url"],
    ["the rest of a URL that isn't there", { url: "https://hc-ping.com/…" }, "url"],
    ["too short a period", { frequency_seconds: 9 }, "frequency_seconds"],
    ["a kind that there isn't", { kind: "pigeon" }, "kind"],
    ["a field that there isn't", { frequency: 60 }, "frequency"],
  ])("with %s is refused by its field, and nothing is kept", async (_name, body, field) => {
    const { call } = await start();
    const refused = await call("PUT", upstreamPath, body);
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid", errors: [{ field }] } });
    expect((await call("GET", upstreamPath)).body).toEqual({ enabled: false, url: null, frequency_seconds: 300 });
  });

  test("takes plain http to a private address where that is wanted", async () => {
    const { call } = await start();
    const there = { url: "http://10.0.0.1/x", allow_http: true, enabled: false };
    expect((await call("PUT", upstreamPath, there)).body).toMatchObject({ enabled: false, allow_http: true });
  });
});

describe("the webhook", () => {
  const secret = "s3cr3t-T0ken_of-the-hook";
  const masked = () => `${provider.origin}/…`;

  test("is the channel discord: set, switched off and on, and told through at once", async () => {
    const daemon = await start();
    expect((await daemon.call("GET", webhookPath)).body).toEqual({ enabled: false, url: null });
    const url = `${provider.origin}/api/webhooks/1/${secret}`;
    const set = await daemon.call("PUT", webhookPath, { url });
    expect(set).toEqual({ status: 200, body: { enabled: true, url: masked() } });
    expect((await daemon.call("POST", "/channels/discord/test")).body.sent).toBe(true);
    const shown = (await daemon.call("GET", webhookPath)).body;
    await daemon.call("PUT", webhookPath, { ...shown, enabled: false });
    const off = await start();
    expect((await off.call("GET", "/settings/all")).body).toEqual({
      webhook: { enabled: false, url: masked() },
      upstream: { enabled: false, url: null, frequency_seconds: 300 },
    });
    expect((await off.call("PUT", webhookPath, { enabled: true })).body).toEqual({ enabled: true, url: masked() });
    expect(readFileSync(join(folder, "secrets.json"), "utf8")).toContain(secret);
    expect(kept()).not.toContain(secret);
  });

  test("follows the environment until a person sets it", async () => {
    const from = (name: string) => ({ DISCORD_WEBHOOK_URL: `${provider.origin}/api/webhooks/${name}/${secret}` });
    const heardBy = async (daemon: Awaited<ReturnType<typeof start>>) => {
      await daemon.call("POST", "/channels/discord/test");
      return provider.heard.at(-1)?.url.pathname.split("/")[3];
    };
    expect(await heardBy(await start(from("1")))).toBe("1");
    const second = await start(from("2"));
    expect(await heardBy(second)).toBe("2");
    expect(await second.shown("discordWebhookUrl")).toMatchObject({ value: masked(), source: "environment" });
    expect((await (await start()).call("GET", webhookPath)).body).toEqual({ enabled: false, url: null });
    const third = await start(from("3"));
    await third.call("PUT", webhookPath, { url: `${provider.origin}/api/webhooks/4/${secret}` });
    const last = await start(from("3"));
    expect(await heardBy(last)).toBe("4");
    expect(await last.shown("discordWebhookUrl")).toMatchObject({ value: masked(), source: "run-time" });
  });

  test.each([
    ["no URL while it is on", { enabled: true }, "url"],
    ["plain http to anywhere", { url: "http://example.org/x" }, "url"],
    ["a field that there isn't", { webhook: "x" }, "webhook"],
  ])("with %s is refused by its field", async (_name, body, field) => {
    const { call } = await start();
    expect(await call("PUT", webhookPath, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect((await call("PUT", webhookPath, { url: null })).body).toEqual({ enabled: false, url: null });
  });
});

test("how long history is kept comes from the file in part, and what a person sets has the default for the rest", async () => {
  let daemon = await start({}, "settings: { retention: { alertDays: 7 } }");
  const from = join(folder, "sentinel.yaml");
  expect(await daemon.shown("retention.alertDays")).toMatchObject({ value: 7, source: "file", from });
  expect(await daemon.shown("retention.auditDays")).toMatchObject({ value: 400, source: "default" });
  expect(await daemon.call("PUT", "/settings/retention", { rollupDays: 100 })).toMatchObject({
    body: { value: { rollupDays: 100, alertDays: 90, heartbeatMegabytes: 10_000 } },
  });
  expect(await daemon.shown("retention.alertDays")).toMatchObject({ value: 90, source: "run-time" });
  for (const wrong of [{ rollupDays: 0 }, { auditMegabytes: 1.5 }, { rollUpDays: 5 }])
    expect(await daemon.call("PUT", "/settings/retention", wrong)).toMatchObject({ status: 400 });
  await expect(start({}, "settings: { retention: { alertDay: 7 } }")).rejects.toThrow(
    /retention.alertDay.*There are: .*alertDays/s,
  );
  daemon = await start();
  expect(await daemon.shown("retention.rollupDays")).toMatchObject({ value: 100 });
});

test("values are for administrators: all masked, and every one with a source", async () => {
  const daemon = await start({ API_SECRET_KEY: "a-long-secret", HEALTHCHECKS_URL: `${provider.origin}/s3cret` });
  const { body } = await daemon.call("GET", "/config/values");
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["data", "listen", "logLevel", "holidays", "pingBody.keep", "upstream.enabled"]),
  );
  expect(body.items.filter(({ source }: { source?: string }) => !source)).toEqual([]);
  expect(await daemon.shown("listen")).toEqual({
    name: "listen",
    value: "127.0.0.1:0",
    source: "flag",
    from: "--listen",
  });
  expect(await daemon.shown("upstream.enabled")).toMatchObject({ value: true, from: "HEALTHCHECKS_URL" });
  expect(JSON.stringify(body)).not.toMatch(/a-long-secret|s3cret/);
  const made = (await daemon.call("POST", "/tokens", { name: "vera", role: "viewer" })).body;
  const viewer = made.secrets?.token ?? made.token;
  expect((await daemon.call("GET", "/config/values", undefined, viewer)).status).toBe(403);
  expect((await daemon.call("GET", upstreamPath, undefined, viewer)).status).toBe(200);
  expect((await daemon.call("PUT", upstreamPath, { enabled: false }, viewer)).status).toBe(403);
});
