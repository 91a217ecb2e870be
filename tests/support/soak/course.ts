import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DAY, MINUTE, SECOND } from "../../../src/shared/time.ts";
import {
  type CountingClient,
  createHttpClient,
  createPingClient,
  createPushClient,
  createWsClient,
} from "../counting-clients.ts";
import { type DaemonProcess, spawnDaemon, startDaemon } from "../daemon-process.ts";
import { commitsIn } from "../journal.ts";
import { freePort } from "../processes.ts";
import { openProvider, playDiscord, type Reply } from "../provider.ts";
import { seededRandom } from "../seeded-random.ts";
import { readKept, unknownTo, untold } from "./judge.ts";
import { differences, listOf, openMirror } from "./mirror.ts";
import { createOutages, type Outages } from "./outages.ts";

export interface CourseOptions {
  kills: number;
  seed: number;
  /** Hosts that report all the time. */
  hosts: number;
  /** How long the daemon lives between two kills, in the mean. */
  lifeMs: number;
  onKill(): void;
  onSample(sample: Sample): void;
  onFault(fault: string): void;
}

/** What a daemon takes, at one moment. */
export interface Sample {
  /** Which daemon, and which of its lives. */
  seed: number;
  life: number;
  /** Of performance.now(). */
  at: number;
  /** Since it was started. */
  ageMs: number;
  rssBytes: number;
  descriptors: number;
}

/** What came of it. `missing` was acknowledged and isn't there; `wrong` is all else that shouldn't be. */
export interface Course {
  missing: string[];
  wrong: string[];
  counts: Record<(typeof counted)[number], number>;
}

/** What is counted of a course. */
export const counted = [
  "kills",
  "kills in a start",
  "stops",
  "heartbeats",
  "acknowledgements",
  "commits",
  "alerts",
  "messages",
  "faults",
  "lists compared",
  "days rolled up",
  "segments packed",
  "alerts archived",
  "backups",
] as const;

// Ten seconds of silence while it runs: more than a busy machine makes of clients that never pause.
const REPORTING = { expected_frequency_seconds: 5, grace_period_seconds: 5 };
const FAILING = { expected_frequency_seconds: 1, grace_period_seconds: 0 };
const FAILING_HOSTS = 2;
const SAMPLE_MS = 10 * SECOND;
const PATIENCE_MS = 20 * SECOND;
const program = fileURLToPath(new URL("./daemon.ts", import.meta.url));

/**
 * One daemon under everything at once, killed with SIGKILL at random moments: heartbeats in each way there is, outages
 * that a person acknowledges, a console that watches, a Discord with faults, and days that end. All that chance decides
 * comes from the seed. What is found wrong leaves its folder behind.
 */
export async function runCourse({
  kills,
  seed,
  hosts,
  lifeMs,
  onKill,
  onSample,
  onFault,
}: CourseOptions): Promise<Course> {
  // What others do by chance doesn't move the kills.
  const [random, others] = [seededRandom(seed), seededRandom(~seed)];
  const folder = mkdtempSync(join(tmpdir(), "sentinel-soak-"));
  const counts = Object.fromEntries(counted.map((name) => [name, 0])) as Course["counts"];
  const faults = { missing: [] as string[], wrong: [] as string[] };
  const note = (what: keyof typeof faults, found: readonly string[]): void => {
    for (const one of found) onFault(`${what}: ${one}`);
    faults[what].push(...found.map((one) => `seed ${seed}: ${one}`));
  };
  const { play } = playDiscord("/discord");
  let isFaulty = true;
  const provider = await openProvider((request) => {
    const fault = isFaulty ? faultBy(others()) : undefined;
    if (fault !== undefined) counts.faults++;
    return fault ?? play(request);
  });
  const listen = `127.0.0.1:${await freePort()}`;
  let aheadMs = 0;
  let life = 0;
  const args = (): string[] => [program, folder, listen, String(aheadMs)];

  async function start(): Promise<DaemonProcess> {
    life++;
    const daemon = await within(startDaemon(folder, listen, { program: args() }), "a start");
    daemon.child.stderr?.on("data", (text: Buffer) => {
      for (const line of text.toString().split("\n")) if (/"level":[56]0/.test(line)) note("wrong", [line]);
    });
    return daemon;
  }

  /** Shortly before the next midnight, so that the day ends while it runs. */
  function nearMidnight(): void {
    const now = Date.now() + aheadMs;
    aheadMs += Math.ceil(now / DAY) * DAY - now - Math.floor(random() * 2 * SECOND);
  }

  let daemon = await start();
  const token = daemon.token;
  const line = { url: daemon.url, token };
  await setUp(daemon, provider.origin);
  const console = openMirror(line);
  const clients: CountingClient[] = [];
  for (let i = 0; i < hosts; i++) clients.push(await client(daemon, i));
  const outages: Outages[] = [];
  for (let i = 0; i < FAILING_HOSTS; i++) {
    const host = `failing-${i}`;
    const { body } = await daemon.call("POST", "/api/v1/hosts", { name: host, ...FAILING });
    outages.push(createOutages({ url: daemon.url, host, token: body.token, console, random: others }));
  }
  const acked = () => outages.flatMap((one) => one.acked);

  /** What was confirmed before it is asked must be in what it answers, and in what the console holds by then. */
  async function check(): Promise<void> {
    const confirmed = clients.flatMap(({ host, acknowledged }) => {
      const last = acknowledged.at(-1);
      return last === undefined ? [] : [{ host, last }];
    });
    const people = acked();
    const list = await within(listOf(line), "a list of everything");
    const after = `, after kill ${counts.kills}`;
    note(
      "missing",
      unknownTo(list.upserts, confirmed, people).map((one) => one + after),
    );
    while (console.held.rev < list.rev) await within(console.changed(), `the console to come to ${list.rev}`);
    note(
      "wrong",
      differences(console.held, list).map((one) => `the console: ${one}${after}`),
    );
    counts["lists compared"]++;
  }

  function sample(): void {
    const of = `/proc/${daemon.child.pid}`;
    const rss = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${of}/status`, "utf8"))?.[1]) * 1024;
    const at = performance.now();
    onSample({ seed, life, at, ageMs: at - startedAt, rssBytes: rss, descriptors: readdirSync(`${of}/fd`).length });
  }

  /** Lives for so long, and is looked at now and then. */
  async function live(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= SAMPLE_MS) {
      await passing(Math.min(left, SAMPLE_MS));
      if (left > SAMPLE_MS) {
        sample();
        await check();
      }
    }
    const { exitCode, signalCode } = daemon.child;
    if (exitCode !== null || signalCode !== null) note("wrong", [`it ended by itself: ${exitCode ?? signalCode}`]);
  }

  async function stop(): Promise<void> {
    const status = await daemon.stop();
    if (status !== 0) note("wrong", [`a stop ended with status ${status}, after kill ${counts.kills}`]);
    counts.stops++;
  }

  let startedAt = performance.now();
  try {
    await stop(); // the compile cache is written at an end like this
    while (counts.kills < kills) {
      if (random() < 0.1) nearMidnight();
      if (random() < 0.15) {
        const child = spawnDaemon(folder, listen, { program: args() });
        child.stderr.resume();
        await passing(random() * 600);
        child.kill("SIGKILL");
        await once(child, "exit");
        counts["kills in a start"]++;
      } else {
        startedAt = performance.now();
        daemon = await start();
        sample();
        await check();
        const backup = random() < 0.2 ? daemon.call("POST", "/api/v1/backups").catch(() => undefined) : undefined;
        await live(random() * 2 * lifeMs);
        if (random() < 0.1) {
          await stop();
          await backup;
          continue;
        }
        await daemon.kill();
        if ((await backup)?.status === 201) counts.backups++;
        dropBackups(folder);
      }
      counts.kills++;
      onKill();
      await passing(random() * 100);
    }

    isFaulty = false;
    daemon = await start();
    await Promise.all([...clients, ...outages].map((one) => one.stop()));
    // Who is silent from here on is so rightly.
    for (const { host } of [...clients, ...outages]) await daemon.call("POST", `/api/v1/hosts/${host}/pause`);
    await check();
    for (let tries = 0; await isWaiting(daemon); tries++) {
      if (tries === 8) throw new Error(`seed ${seed}: the outbox doesn't drain (${folder})`);
      await stop();
      aheadMs += 20 * MINUTE;
      daemon = await start();
      for (let look = 0; look < 8 && (await isWaiting(daemon)); look++) await passing(SECOND / 2);
    }
    await check();
    note("missing", await unlisted(daemon, acked()));
    for (const one of clients) note("missing", await uncounted(daemon, one, Date.now() + aheadMs));
    await daemon.stop();

    const kept = readKept(commitsIn(folder), clients, acked());
    note("missing", kept.missing);
    const heard = new Set(
      provider.heard.flatMap(({ body }) => [...body.matchAll(/Sentinel · (\w+)/g)].map(([, id]) => id ?? "")),
    );
    note("wrong", [...untold(kept, heard), ...outages.flatMap((one) => one.refused)]);
    const reporting = new Set(clients.map(({ host }) => host));
    for (const [id, { host = "", reason }] of kept.alerts)
      if (reporting.has(host)) note("wrong", [`${id}: a false alert of ${host}: ${reason}`]);
    Object.assign(counts, {
      heartbeats: clients.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
      acknowledgements: acked().length,
      commits: kept.commits,
      alerts: kept.alerts.size,
      messages: provider.heard.length,
      "days rolled up": filesIn(folder, "history"),
      "segments packed": filesIn(folder, "journal", ".gz"),
      "alerts archived": linesIn(folder, "archive/alerts"),
    } satisfies Partial<Course["counts"]>);
    if (faults.missing.length + faults.wrong.length === 0) rmSync(folder, { recursive: true, force: true });
    else note("wrong", [`the data is left in ${folder}`]);
    return { ...faults, counts };
  } finally {
    await daemon.kill();
    await Promise.all([...clients, ...outages].map((one) => one.stop()));
    console.socket.close();
    await provider.close();
  }
}

/** Everybody is told of everything; history stays, so that it can be counted, but for copies of what is in the journal. */
async function setUp({ call }: DaemonProcess, provider: string): Promise<void> {
  const all = [
    await call("POST", "/api/v1/channels", { id: "discord", type: "discord", secrets: { url: `${provider}/discord` } }),
    await call("PUT", "/api/v1/policies/default", { flapOutages: 0 }),
    await call("PUT", "/api/v1/settings/backup", { keep: 2, at: "00:00" }),
    await call("PUT", "/api/v1/settings/retention", {
      heartbeatDays: 3_660,
      alertDays: 3_660,
      rollupDays: 3_660,
      auditDays: 2,
    }),
  ];
  const refused = all.find(({ status }) => status >= 300);
  if (refused) throw new Error(JSON.stringify(refused.body));
}

/** The four ways to report, by turns. */
async function client({ url, call }: DaemonProcess, i: number): Promise<CountingClient> {
  const host = `reporting-${i}`;
  const { body } = await call("POST", "/api/v1/hosts", { name: host, ...REPORTING });
  const options = { url, host, token: body.token as string };
  if (i % 4 === 0) return createWsClient(options);
  if (i % 4 === 1) return createHttpClient(options);
  if (i % 4 === 2) return createPingClient({ host, pingUrl: body.ping_url });
  return createPushClient({ host, pushUrl: body.push_url });
}

/** A sixth of all messages meets with one. */
function faultBy(chance: number): Reply | undefined {
  if (chance < 0.05) return { status: 500 };
  if (chance < 0.08) return { status: 429, headers: { "retry-after": "1" }, body: '{"retry_after": 0.5}' };
  if (chance < 0.12) return "cut";
  if (chance < 0.15) return "cut-body";
  return chance < 0.17 ? "hang" : undefined;
}

async function isWaiting({ call }: DaemonProcess): Promise<boolean> {
  const { items } = (await call("GET", "/api/v1/deliveries?limit=1000")).body;
  return items.some(({ state }: { state: string }) => state === "pending");
}

/** Acknowledgements that the list of alerts doesn't show, live or from the archive. */
async function unlisted({ call }: DaemonProcess, acked: Outages["acked"]): Promise<string[]> {
  const shown = new Set<string>();
  for (let cursor = ""; ;) {
    const { items, next } = (await call("GET", `/api/v1/alerts?limit=1000${cursor}`)).body;
    for (const { id, ackedBy, comment } of items) if (ackedBy !== undefined) shown.add(`${id} ${comment}`);
    if (next === undefined) break;
    cursor = `&cursor=${next}`;
  }
  const lost = acked.filter(({ alert, comment }) => !shown.has(`${alert} ${comment}`));
  return lost.map(({ alert, comment, rev }) => `${alert}, ${comment}: not in the list, about revision ${rev}`);
}

/** Heartbeats that the host's history doesn't count. */
async function uncounted(
  { call }: DaemonProcess,
  { host, acknowledged }: CountingClient,
  now: number,
): Promise<string[]> {
  const from = new Date(now - 399 * DAY).toISOString();
  const { body } = await call("GET", `/api/v1/hosts/${host}/history?from=${from}`);
  return body.ok >= acknowledged.length ? [] : [`${host}: history counts ${body.ok} of ${acknowledged.length}`];
}

const namesIn = (folder: string, part: string): string[] =>
  existsSync(join(folder, part)) ? readdirSync(join(folder, part)) : [];
const filesIn = (folder: string, part: string, end = ""): number =>
  namesIn(folder, part).filter((name) => name.endsWith(end)).length;
const linesIn = (folder: string, part: string): number =>
  namesIn(folder, part).reduce(
    (sum, name) => sum + readFileSync(join(folder, part, name), "utf8").split("\n").length - 1,
    0,
  );

/** Those made by hand stay for ever, and each holds all of the journal. */
function dropBackups(folder: string): void {
  for (const name of namesIn(folder, "backups"))
    if (!name.includes("daily")) rmSync(join(folder, "backups", name), { recursive: true, force: true });
}

/** A moment that is chosen by chance, or the pause between two looks. */
const passing = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}
