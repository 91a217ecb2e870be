import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { SUBPROTOCOL, WS_PATH } from "../../src/shared/protocol.ts";
import { createHttpClient } from "../support/counting-clients.ts";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { until } from "../support/processes.ts";
import { playDiscord, startProvider } from "../support/provider.ts";

const HOSTS = 10_000;
/** As many as the protocol lets wait for an answer. */
const UNANSWERED = 64;
/** How long clients wait for an answer before they try again. */
const PATIENCE_MS = 10_000;
/** How long the test does. */
const WAIT_MS = 60_000;

let folder: string;
let daemon: DaemonProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-storm-"));
  daemon = await startDaemon(folder);
});
afterEach(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends frames over one connection, and resolves once each is answered; a refusal rejects. */
async function sendAll(frames: object[]): Promise<void> {
  const socket = new WebSocket(`${daemon.url.replace("http", "ws")}${WS_PATH}`, SUBPROTOCOL);
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "hello", token: daemon.token, client: "storm/1" }));
  await once(socket, "message");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sent = 0;
  let answered = 0;
  const next = (): void => {
    for (; sent < frames.length && sent - answered < UNANSWERED; sent++)
      socket.send(JSON.stringify({ id: String(sent), ...frames[sent] }));
  };
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data)) as { type: string; ok?: boolean };
    if (frame.type === "error" || frame.ok === false) return reject(new Error(String(data)));
    answered++;
    if (answered === frames.length) resolve();
    next();
  });
  next();
  await promise;
  socket.close();
}

test(
  "ten thousand hosts that go down in one second are one digest for each channel, and heartbeats are answered all the while",
  { timeout: 120_000 },
  async () => {
    const path = "/api/webhooks/1/storm";
    const discord = await startProvider(playDiscord(path).play);
    const webhook = await startProvider();
    await daemon.call("POST", "/api/v1/channels", {
      id: "ops",
      type: "discord",
      secrets: { url: discord.origin + path },
    });
    await daemon.call("POST", "/api/v1/channels", { id: "boss", type: "webhook", secrets: { url: webhook.origin } });
    const ids = Array.from({ length: HOSTS }, (_, i) => `node${i}`);
    const args = { periodMs: 4_000, graceMs: 1_000 };
    await sendAll(ids.map((id) => ({ type: "command", name: "host.add", args: { id, ...args } })));
    await daemon.call("POST", "/api/v1/hosts", { name: "alive", expected_frequency_seconds: 3600 });

    let last = Date.now();
    let longestMs = 0;
    const onEvent = (): void => {
      longestMs = Math.max(longestMs, Date.now() - last);
      last = Date.now();
    };
    // A host's own token would meet its limit: this one asks as fast as it is answered.
    const client = createHttpClient({ url: daemon.url, host: "alive", token: daemon.token, onEvent });
    await sendAll(ids.map((host) => ({ type: "heartbeat", host })));
    const told = () => [discord, webhook].map(({ heard }) => heard.length);
    await until("a digest on both", () => told().every((count) => count > 0), WAIT_MS);
    const records = async () =>
      (await daemon.call("GET", "/api/v1/deliveries?limit=1000")).body.items as { state: string; digest?: string }[];
    await until("their records", async () => (await records()).every(({ state }) => state === "sent"), WAIT_MS);
    await client.stop();

    expect(told()).toEqual([1, 1]);
    expect(JSON.parse(webhook.heard[0]?.body ?? "")).toMatchObject({
      event: "digest",
      title: `${HOSTS} alerts: ${HOSTS} firing`,
      severity: "critical",
    });
    expect(discord.heard[0]?.body).toContain(`${HOSTS} alerts`);
    expect(client.failures).toBe(0);
    expect(client.acknowledged.length).toBeGreaterThan(100);
    expect(longestMs).toBeLessThan(PATIENCE_MS);
    console.log(`${client.acknowledged.length} heartbeats were answered meanwhile, the slowest after ${longestMs} ms`);
  },
);
