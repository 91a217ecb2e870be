import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CountingClient, createHttpClient, createWsClient } from "../support/counting-clients.ts";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";

// Down two seconds after its last heartbeat; the stop lasts well past that.
const HOST = { expected_frequency_seconds: 1, grace_period_seconds: 1 };
const STOP_MS = 5_000;

let folder: string;
let daemon: DaemonProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-clock-"));
  daemon = await startDaemon(folder);
});
afterEach(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Clients that post all the time, and a way to wait for what they do. */
async function startClients() {
  let woken: (() => void) | undefined;
  const options = async (host: string) => {
    const { body } = await daemon.call("POST", "/api/v1/hosts", { name: host, ...HOST });
    return { url: daemon.url, host, token: body.token as string, onEvent: () => woken?.() };
  };
  const clients = [createHttpClient(await options("over-http")), createWsClient(await options("over-ws"))];
  const eachHas = (more: number, since: number[]) =>
    clients.every((client: CountingClient, i) => client.acknowledged.length >= (since[i] ?? 0) + more);
  return {
    /** Waits until every client has had so many more acknowledgements. */
    async acknowledged(more: number): Promise<void> {
      const since = clients.map((client) => client.acknowledged.length);
      while (!eachHas(more, since)) await new Promise<void>((resolve) => (woken = resolve));
    },
    stop: () => Promise.all(clients.map((client) => client.stop())),
  };
}

test("a daemon that was stopped for longer than its hosts' deadlines calls nobody down, and records a gap", async () => {
  const clients = await startClients();
  await clients.acknowledged(20);
  daemon.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, STOP_MS));
  daemon.child.kill("SIGCONT");
  await clients.acknowledged(20);
  const health = await daemon.call("GET", "/api/v1/health");
  expect(health.body.components.clock).toMatchObject({
    status: "ok",
    detail: expect.stringMatching(/^monitor was away \d+s \(stalled\), /),
  });
  const { hosts } = (await daemon.call("GET", "/api/v1/hosts")).body as { hosts: { state: string }[] };
  expect(hosts.map(({ state }) => state)).toEqual(["up", "up"]);
  expect((await daemon.call("GET", "/api/v1/alerts")).body.items).toEqual([]);
  await clients.stop();
});

test("a host that stays silent over the stop is called down after it", async () => {
  const clients = await startClients();
  await clients.acknowledged(20);
  await clients.stop();
  daemon.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, STOP_MS));
  daemon.child.kill("SIGCONT");
  const states = async () =>
    ((await daemon.call("GET", "/api/v1/hosts")).body.hosts as { state: string }[]).map(({ state }) => state);
  await expect.poll(states, { timeout: 20_000 }).toEqual(["down", "down"]);
});
