import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CountingClient, createHttpClient, createWsClient } from "./counting-clients.ts";
import { startDaemon } from "./daemon-process.ts";
import { journalIn } from "./journal.ts";
import { seededRandom } from "./seeded-random.ts";

export interface KillReport {
  kills: number;
  acknowledged: number;
  /** Downtimes longer than the hosts' whole deadline. */
  longDowntimes: number;
  /** Acknowledged, and not found after a restart: host and number. */
  missing: string[];
  /** Alerts, though every host reported whenever it could. */
  falseAlerts: unknown[];
}

// A period and a grace of one second: a downtime of 80 failed tries (25 ms each, two clients) outlasts both.
const HOST = { expected_frequency_seconds: 1, grace_period_seconds: 1 };
const LONG_FAILURES = 90;

/**
 * Kills a real daemon with SIGKILL at random moments while two clients post over HTTP and WebSocket, starts it again
 * after a random downtime, and looks whether anything acknowledged is missing and whether a false alert was raised.
 */
export async function runKills({
  kills,
  seed,
  onKill,
}: {
  kills: number;
  seed: number;
  onKill?: (done: number) => void;
}): Promise<KillReport> {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), "sentinel-kill-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const report: KillReport = { kills, acknowledged: 0, longDowntimes: 0, missing: [], falseAlerts: [] };
  let daemon = await startDaemon(folder, listen);
  let woken: (() => void) | undefined;
  const options = async (host: string) => {
    const { body } = await daemon.call("POST", "/api/v1/hosts", { name: host, ...HOST });
    return { url: daemon.url, host, token: body.token as string, onEvent: () => woken?.() };
  };
  const clients = [createHttpClient(await options("over-http")), createWsClient(await options("over-ws"))];
  const count = (what: (client: CountingClient) => number): number =>
    clients.reduce((sum, client) => sum + what(client), 0);

  /** Waits until the clients have had so many more acknowledgements, or failures. */
  async function more(what: (client: CountingClient) => number, times: number): Promise<void> {
    const goal = count(what) + times;
    while (count(what) < goal) await new Promise<void>((resolve) => (woken = resolve));
  }

  for (let done = 0; done < kills; done++) {
    await more((client) => client.acknowledged.length, 1 + Math.floor(random() * 300));
    await daemon.kill();
    const long = done % 5 === 0;
    if (long) report.longDowntimes++;
    await more((client) => client.failures, long ? 2 * LONG_FAILURES : 1 + Math.floor(random() * 40));
    const before = clients.map((client) => [client.host, client.acknowledged.at(-1) ?? 0] as const);
    daemon = await startDaemon(folder, listen);
    for (const [host, last] of before) {
      const { body } = await daemon.call("GET", `/api/v1/hosts/${host}`);
      if (body.state !== "up" && body.state !== "late" && body.state !== "new")
        report.falseAlerts.push({ host, state: body.state, reason: body.reason, kill: done });
      if (last > 0 && body.last_seen === null) report.missing.push(`${host} ${last} after kill ${done + 1}`);
    }
    onKill?.(done + 1);
  }
  await more((client) => client.acknowledged.length, 50);
  await Promise.all(clients.map((client) => client.stop()));
  const alerts: { type: string }[] = (await daemon.call("GET", "/api/v1/alerts")).body.items;
  report.falseAlerts.push(...alerts.filter(({ type }) => type === "heartbeat")); // that it keeps being away is true
  await daemon.stop();
  for (const client of clients) {
    const kept = numbersIn(folder, client.host);
    report.acknowledged += client.acknowledged.length;
    report.missing.push(...client.acknowledged.filter((n) => !kept.has(n)).map((n) => `${client.host} ${n}`));
  }
  rmSync(folder, { recursive: true, force: true });
  return report;
}

/** Every heartbeat number of a host that the journal holds: it is the history. */
function numbersIn(folder: string, host: string): Set<number> {
  const numbers = new Set<number>();
  for (const change of journalIn(folder)) {
    if (change.kind !== "beat" || change.id !== host || !("value" in change)) continue;
    const { n } = change.value.metrics ?? {};
    if (n !== undefined) numbers.add(n);
  }
  return numbers;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
