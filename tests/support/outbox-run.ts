import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Alert, Delivery } from "../../src/shared/model.ts";
import { startDaemon } from "./daemon-process.ts";
import { journalIn } from "./journal.ts";
import { arrivalOf, type Evidence, judge } from "./outbox-faults.ts";
import { openProvider, playDiscord } from "./provider.ts";
import { seededRandom } from "./seeded-random.ts";

/** Where the daemon is killed; each seed stands for one of these in turn. */
const steps = ["before commit", "before send", "before answer", "before record", "any moment"] as const;

export interface OutboxRun extends ReturnType<typeof judge> {
  step: (typeof steps)[number];
  alerts: number;
  deliveries: number;
  digests: number;
  /** Reports that got no answer because of the kill, and those of them that aren't in the journal. */
  unanswered: number;
  uncommitted: number;
}

/** Runs the seeds from `seed` on, some at a time as they mostly wait; `onRun` gets each as it ends. */
export async function runOutboxKills({
  runs,
  seed,
  atOnce = 4,
  onRun,
}: {
  runs: number;
  seed: number;
  atOnce?: number;
  onRun?: (seed: number, run: OutboxRun) => void;
}): Promise<OutboxRun[]> {
  const done: OutboxRun[] = [];
  let next = seed;
  async function work(): Promise<void> {
    while (next < seed + runs) {
      const one = next++;
      const run = await runOutboxKill(one);
      done.push(run);
      onRun?.(one, run);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return done;
}

/** How long notices wait for others, about. */
const GATHER_MS = 2_000;
const CHANNELS = ["discord", "webhook"];

/**
 * Hosts fail and recover while a real daemon tells two channels, and is killed with SIGKILL at one step of that and
 * started again. All that chance decides comes from the seed. Rejects naming it if the outbox gets stuck.
 */
async function runOutboxKill(seed: number): Promise<OutboxRun> {
  const plan = planOf(seed);
  const { random, step } = plan;
  const folder = mkdtempSync(join(tmpdir(), "sentinel-outbox-"));
  const { play } = playDiscord("/discord");
  const provider = await openProvider((request) =>
    request.url.pathname.startsWith("/discord") ? play(request) : { status: 200 },
  );
  let daemon = await startDaemon(folder);
  const reported = { fail: new Set<string>(), ok: new Set<string>() };
  const acknowledged = { fail: new Set<string>(), ok: new Set<string>() };

  async function report(hosts: readonly string[], status: "fail" | "ok"): Promise<void> {
    await Promise.all(
      hosts.map(async (host) => {
        reported[status].add(host);
        // The kill cuts some of them off.
        const reply = await daemon.call("POST", `/api/v1/heartbeat/${host}`, { status }).catch(() => undefined);
        if (reply?.status === 200) acknowledged[status].add(host);
      }),
    );
  }

  /** Resolves at the nth message: when it has come, or when its answer has gone. */
  const message = (hook: "onHeard" | "onAnswered", nth: number) =>
    within(`message ${nth}`, (resolve) => {
      let count = 0;
      provider[hook] = () => {
        if (++count !== nth) return;
        if (hook === "onHeard") provider.script.unshift("hang");
        resolve();
      };
    });

  async function reportAndKill(hosts: readonly string[], status: "fail" | "ok", messages: number): Promise<void> {
    const nth = 1 + Math.floor(random() * messages);
    if (step === "before commit") {
      const half = Math.floor(hosts.length / 2);
      await report(hosts.slice(0, half), status);
      const rest = report(hosts.slice(half), status);
      await passing(random() * 2 * (hosts.length - half));
      await Promise.all([daemon.kill(), rest]);
    } else if (step === "before send") {
      await report(hosts, status);
      await passing(random() * 0.8 * GATHER_MS);
    } else if (step === "any moment") {
      const rest = report(hosts, status);
      await passing(random() * 1.3 * GATHER_MS);
      await Promise.all([daemon.kill(), rest]);
    } else {
      const come = message(step === "before answer" ? "onHeard" : "onAnswered", nth);
      await report(hosts, status);
      await come;
      if (step === "before answer" && status === "fail") await report(plan.meanwhile, "ok");
      if (step === "before record" && random() < 0.5) await passing(random() * 4);
    }
    await daemon.kill();
    provider.onHeard = provider.onAnswered = undefined;
    daemon = await startDaemon(folder);
  }

  async function drained(): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const { items } = (await daemon.call("GET", "/api/v1/deliveries?limit=1000")).body;
      if (!items.some(({ state }: Delivery) => state === "pending")) return;
      if (performance.now() > end) throw new Error("the outbox doesn't drain");
      await passing(50);
    }
  }

  try {
    for (const id of CHANNELS)
      await daemon.call("POST", "/api/v1/channels", { id, type: id, secrets: { url: `${provider.origin}/${id}` } });
    const add = (name: string) => daemon.call("POST", "/api/v1/hosts", { name, expected_frequency_seconds: 3600 });
    await Promise.all(plan.hosts.map(add));
    if (plan.killAt === "fail") await reportAndKill(plan.hosts, "fail", plan.raisedMessages);
    else await report(plan.hosts, "fail");
    await drained();
    const rest = plan.recovering.filter((host) => !acknowledged.ok.has(host));
    if (plan.killAt === "ok") await reportAndKill(rest, "ok", plan.resolvedMessages);
    else await report(rest, "ok");
    await drained();
    await daemon.kill();
    const kept = keptIn(folder);
    const arrivals = provider.heard.map((request) => arrivalOf(request, kept.alerts));
    const judged = judge({
      ...kept,
      arrivals,
      channels: CHANNELS,
      failed: acknowledged.fail,
      recovered: acknowledged.ok,
    });
    return {
      ...judged,
      step,
      alerts: kept.alerts.size,
      deliveries: kept.deliveries.size,
      digests: arrivals.filter(({ digestOf }) => digestOf !== undefined).length,
      unanswered: reported.fail.size + reported.ok.size - acknowledged.fail.size - acknowledged.ok.size,
      uncommitted: reported.fail.size - kept.alerts.size + firingAmong(reported.ok, kept.alerts),
    };
  } catch (cause) {
    throw new Error(`seed ${seed}, killed ${step}: ${(cause as Error).message}`, { cause });
  } finally {
    await daemon.kill();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Few hosts are told one by one; many in a digest, and then few recover, as another digest would wait for a minute. */
function planOf(seed: number) {
  const random = seededRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const isStorm = random() < 0.4;
  const hosts = Array.from({ length: isStorm ? 29 + upTo(11) : upTo(8) }, (_, i) => `h${i}`);
  const recovering = hosts.slice(0, isStorm ? upTo(8) : upTo(hosts.length));
  const isDigest = !isStorm && hosts.length + recovering.length > 10;
  return {
    random,
    step: steps[seed % steps.length] ?? "any moment",
    killAt: random() < 0.6 ? ("fail" as const) : ("ok" as const),
    hosts,
    recovering,
    /** These recover while a message is under way. */
    meanwhile: random() < 0.5 ? recovering.slice(0, 2) : [],
    raisedMessages: CHANNELS.length * (isStorm ? 1 : hosts.length),
    resolvedMessages: CHANNELS.length * (isDigest ? 1 : recovering.length),
  };
}

/** What the journal says in the end. */
function keptIn(folder: string): Pick<Evidence, "alerts" | "deliveries"> {
  const alerts = new Map<string, Alert>();
  const deliveries = new Map<string, Delivery>();
  for (const change of journalIn(folder)) {
    if (!("value" in change)) continue;
    if (change.kind === "alert") alerts.set(change.id, change.value);
    if (change.kind === "delivery") deliveries.set(change.id, change.value);
  }
  return { alerts, deliveries };
}

const firingAmong = (hosts: ReadonlySet<string>, alerts: Evidence["alerts"]): number =>
  [...alerts.values()].filter(({ host = "", state }) => state === "firing" && hosts.has(host)).length;

const PATIENCE_MS = 20_000;

/** A moment that is chosen by chance, or the pause between two looks. */
const passing = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function within(what: string, happen: (resolve: () => void) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
  happen(resolve);
  await promise.finally(() => clearTimeout(timer));
}
