import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findChannel } from "../../src/daemon/notify/channels/registry.ts";
import { entrySchema } from "../../src/daemon/notify/channels/entry.ts";
import { findProbeKind, probeKinds } from "../../src/daemon/monitors/probes/kinds/registry.ts";
import { defaultTargets } from "../../src/daemon/domain/line-targets.ts";
import type { Caller } from "../../src/daemon/domain/decision.ts";
import type { Outcome as Found } from "../../src/daemon/domain/probe-run.ts";
import { createEngine } from "../../src/daemon/engine/engine.ts";
import { createMint } from "../../src/daemon/secrets.ts";
import { openJsonStore } from "../../src/daemon/store/json/json-store.ts";
import type { Window } from "../../src/shared/schedule/window.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/shared/time.ts";
import type { FakeClock } from "../../tests/support/fake-clock.ts";
import { seededRandom } from "../../tests/support/seeded-random.ts";

const anna: Caller = { name: "anna", role: "admin" };
const jonas: Caller = { name: "jonas", role: "operator" };

/** In the last hours, whose heartbeats are seen. */
const STEP_MS = 15 * SECOND;

interface MadeUp {
  id: string;
  tags?: string[];
  parents?: string[];
  everyMs?: number;
  /** When on each day its run ends, UTC. */
  at?: [number, number];
  cron?: string;
  window?: Window;
  /** How long one run takes. */
  takesMs?: number;
  /** For how long it has been silent. */
  silentMs?: number;
  /** Minutes before now from which until when it was silent. */
  outage?: [number, number];
}

const many = (name: string, count: number, rest: Omit<MadeUp, "id">): MadeUp[] =>
  Array.from({ length: count }, (_, nth) => ({ id: `${name}-${String(nth + 1).padStart(2, "0")}`, ...rest }));

const afternoons: Window = {
  kind: "custom",
  zone: "Europe/Berlin",
  ranges: [{ days: [1, 2, 3, 4, 5], start: "13:00", end: "18:00" }],
};

/** Thirty hosts of a small company; some of them have a bad morning. */
const fleet: MadeUp[] = [
  ...many("web", 6, { tags: ["prod", "web"], everyMs: MINUTE }).with(3, {
    id: "web-04",
    tags: ["prod", "web"],
    everyMs: MINUTE,
    silentMs: 1.5 * MINUTE,
  }),
  ...many("db", 3, { tags: ["prod", "db"], everyMs: MINUTE }).with(1, {
    id: "db-02",
    tags: ["prod", "db"],
    everyMs: MINUTE,
    silentMs: 14 * MINUTE,
  }),
  { id: "cache-01", tags: ["prod"], everyMs: MINUTE, outage: [190, 178] },
  { id: "cache-02", tags: ["prod"], everyMs: MINUTE, silentMs: 52 * MINUTE },
  { id: "mail-01", tags: ["prod", "mail"], everyMs: 5 * MINUTE },
  ...many("dns", 3, { tags: ["prod"], everyMs: MINUTE }),
  { id: "vpn-01", tags: ["edge"], everyMs: MINUTE, outage: [600, 575] },
  { id: "switch-b", tags: ["office"], everyMs: MINUTE, silentMs: 33 * MINUTE },
  ...many("build", 2, { tags: ["ci"], everyMs: 5 * MINUTE }),
  ...many("build-arm", 2, { tags: ["ci"], everyMs: 5 * MINUTE, parents: ["switch-b"], silentMs: 34 * MINUTE }),
  { id: "nas", tags: ["office"], everyMs: 5 * MINUTE },
  { id: "printer-2f", tags: ["office"], everyMs: 10 * MINUTE },
  { id: "laptop-anna", tags: ["office"], everyMs: 10 * MINUTE, window: afternoons },
  { id: "sensor-attic", tags: ["iot"], everyMs: 10 * MINUTE },
  { id: "sensor-cellar", tags: ["iot"], everyMs: 10 * MINUTE, outage: [300, 240] },
  { id: "backup", tags: ["job"], cron: "0 3 * * *", at: [3, 41], takesMs: 41 * MINUTE },
  { id: "cert-renew", tags: ["job"], cron: "15 5 * * *", at: [5, 15], takesMs: 0.1 * MINUTE },
  { id: "report", tags: ["job"], everyMs: 30 * MINUTE, takesMs: 1.4 * MINUTE },
  { id: "kiosk-03", tags: ["office"], everyMs: 5 * MINUTE, silentMs: 2 * DAY },
];

const probes = [
  { id: "shop", type: "http", options: { url: "https://shop.example.com/health" }, latencyMs: 84, downMs: 6 * MINUTE },
  { id: "blog", type: "http", options: { url: "https://blog.example.com/" }, latencyMs: 61 },
  { id: "db-port", type: "tcp", options: { host: "db-01.example.com", port: 5432 }, host: "db-01", latencyMs: 2.1 },
  { id: "mail-tls", type: "tls", options: { host: "mail.example.com", port: 465 }, host: "mail-01", latencyMs: 38 },
  { id: "resolver", type: "dns", options: { name: "example.com" }, latencyMs: 9.4 },
];

/** Minutes before now in which nothing got through the line. */
const lineLost: [number, number] = [205, 198];
const targetMs: Record<string, number> = { gateway: 0.8, cloudflare: 11, google: 13, quad9: 17, dns: 9 };

/** Lets a made-up company live for 26 hours, until the clock says `end`, and keeps all of it in the folder as a daemon would. */
export async function makeFleet(folder: string, clock: FakeClock, end: number): Promise<void> {
  const random = seededRandom(26);
  const url = () => "http://127.0.0.1";
  const store = await openJsonStore({
    folder,
    clock,
    newInstance: () => "pictures",
    onFatal: (error) => {
      throw error;
    },
  });
  const engine = createEngine({
    store,
    clock,
    mint: createMint(url),
    publicUrl: url,
    health: () => ({ status: "healthy", version: "0", uptime_seconds: 0, components: {}, timestamp: "" }),
    channels: {
      names: ["slack"],
      find: (type) => {
        const channel = findChannel(type);
        return channel && { entry: entrySchema(channel), edits: channel.edits };
      },
      test: async () => ({ ok: true, answer: "" }),
    },
    probes: { names: Object.keys(probeKinds), find: findProbeKind, run: async () => {} },
  });
  const { state } = store;
  await engine.start();
  const perform = async (name: string, args: object, caller = anna): Promise<void> => {
    const outcome = await engine.execute(name, args, caller);
    if (!outcome.ok) throw new Error(`${name}: ${outcome.message}`);
  };

  const secrets = { url: "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX" };
  await perform("channel.add", { id: "ops", type: "slack", secrets });
  for (const { id, tags = [], parents, everyMs, cron, window } of fleet) {
    const due = cron ? { cron, zone: "UTC" } : { periodMs: everyMs };
    await perform("host.add", {
      id,
      tags,
      ...due,
      graceMs: 2 * MINUTE,
      ...(window && { window }),
      ...(parents && { parents }),
    });
  }
  for (const { latencyMs: _latency, downMs: _down, ...probe } of probes) await perform("probe.add", probe);

  /** What a host that lives reports now; no two are equally punctual. */
  async function report({ id, everyMs = DAY, at, takesMs, silentMs = 0, outage = [0, 0] }: MadeUp): Promise<void> {
    const agoMs = end - clock.now();
    const isSilent = agoMs < silentMs || (agoMs <= outage[0] * MINUTE && agoMs > outage[1] * MINUTE);
    const lateMs = Math.round(random() * Math.min(MINUTE / 2, everyMs / 4));
    const today = new Date(clock.now());
    const isDue = at
      ? today.getUTCHours() === at[0] && today.getUTCMinutes() === at[1] && today.getUTCSeconds() === 0
      : clock.now() - (state.get("beat", id)?.value.at ?? 0) + lateMs >= everyMs;
    if (isSilent || !isDue) return;
    const metrics = { load1: Math.round(200 * random()) / 100, memoryUsedPercent: Math.round(35 + 30 * random()) };
    const durationMs = takesMs && Math.round(takesMs * (0.9 + 0.2 * random()));
    await perform("heartbeat.post", { host: id, ...(durationMs ? { durationMs } : { metrics }) });
  }

  function ask(): Promise<void> {
    const at = clock.now();
    const agoMs = end - at;
    const isLost = agoMs <= lineLost[0] * MINUTE && agoMs > lineLost[1] * MINUTE;
    const answer = (latencyMs: number): Found => ({
      ok: true,
      latencyMs: Math.round(latencyMs * (0.9 + 0.4 * random()) * 10) / 10,
      reason: "it answered",
    });
    const runs = probes.map(({ id, latencyMs, downMs = 0 }) => ({
      id,
      at,
      outcome: agoMs < downMs ? { ok: false, reason: "answered 503 Service Unavailable" } : answer(latencyMs),
    }));
    const targets = defaultTargets.map(({ name }) => ({
      id: `line.${name}`,
      at,
      outcome:
        isLost && name !== "gateway" ? { ok: false, reason: "no answer within 2s" } : answer(targetMs[name] ?? 24),
    }));
    return engine.system("probed", { runs: isLost ? [] : runs, round: { at, runs: targets } });
  }

  /** Every notice arrives. */
  async function deliver(): Promise<void> {
    const waiting = [...state.all("delivery")].filter(({ value }) => value.state === "pending");
    for (const { id } of waiting)
      await engine.system("delivered", { ids: [id], jitter: 0, result: { ok: true, ref: `m-${id}` } });
  }

  const alertOf = (host: string) =>
    [...state.all("alert")].find(({ value }) => value.host === host && value.state === "firing")?.id;
  const story: Record<number, () => Promise<void>> = {
    90: () => perform("host.pause", { ids: ["printer-2f"], comment: "toner" }),
    45: () => perform("alert.ack", { ids: [alertOf("cache-02")], comment: "memory ordered, see OPS-311" }, jonas),
    40: () => perform("silence.add", { id: "ci-move", tags: ["ci"], durationMs: 4 * HOUR, comment: "rack move" }),
    30: () =>
      perform("maintenance.add", { hosts: ["nas"], from: end - 20 * MINUTE, durationMs: HOUR, comment: "new disks" }),
    25: () =>
      perform("maintenance.add", { tags: ["iot"], from: end + 9 * HOUR, durationMs: 2 * HOUR, comment: "firmware" }),
  };
  while (clock.now() < end) {
    clock.advance(end - clock.now() > 2 * HOUR ? MINUTE : STEP_MS);
    await Promise.all(fleet.map(report));
    if (clock.now() % MINUTE !== 0) continue;
    await ask();
    await deliver();
    await story[(end - clock.now()) / MINUTE]?.();
  }
  await engine.stop();
  await store.close();
}

const lineAt = (at: number, rest: string): string => `${new Date(at).toISOString()} web-02 ${rest}`;

/** A night on which somebody tried passwords at web-02 and got in, and what the daemon makes of its log. */
export async function attackedLog(folder: string, url: string, token: string, end: number): Promise<void> {
  const file = join(folder, "auth.log");
  const random = seededRandom(2);
  const lines: string[] = [];
  for (let nth = 0; nth < 600; nth++) {
    const at = end - 2 * HOUR + nth * 12_000;
    const port = 30_000 + Math.floor(random() * 20_000);
    if (nth % 3 === 0)
      lines.push(
        lineAt(at, `CRON[${2_000 + nth}]: pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)`),
      );
    if (nth > 200 && nth < 400)
      lines.push(lineAt(at, `sshd[${4_000 + nth}]: Failed password for root from 203.0.113.9 port ${port} ssh2`));
    if (nth % 50 === 7)
      lines.push(
        lineAt(at, `sshd[${6_000 + nth}]: Accepted publickey for deploy from 198.51.100.20 port ${port} ssh2`),
      );
    if (nth === 400)
      lines.push(lineAt(at, `sshd[9000]: Accepted password for root from 203.0.113.9 port ${port} ssh2`));
    if (nth === 450)
      lines.push(
        lineAt(
          at,
          "kernel: Out of memory: Killed process 4711 (node) total-vm:2301337kB, anon-rss:1801244kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:4312kB oom_score_adj:0",
        ),
      );
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  const headers = { "x-api-key": token, "content-type": "application/json" };
  const post = async (path: string, body?: object): Promise<void> => {
    const reply = await fetch(url + path, { method: "POST", headers, ...(body && { body: JSON.stringify(body) }) });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
  };
  await post("/api/v1/log-sources", {
    id: "web-02-auth",
    host: "web-02",
    type: "file",
    options: { path: file, from: "start" },
  });
  await post("/api/v1/hosts/web-02/analyze");
}
