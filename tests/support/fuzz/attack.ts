import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startDaemon } from "../daemon-process.ts";
import { until } from "../processes.ts";
import { seededRandom } from "../seeded-random.ts";
import { exchange } from "./exchange.ts";
import { startHonestHost } from "./honest-host.ts";
import { pick } from "./sample.ts";
import { aVolley } from "./volleys.ts";

/** Whose tokens are used: an administrator's changes whatever there is, the others' change nothing. */
export type Who = "admin" | "others";

export interface Course {
  who: Who;
  inputs: number;
  /** How often each came back: a status, the code of a refusal or a close. */
  codes: Record<string, number>;
  faults: string[];
  seconds: number;
  heartbeats: { acked: number; slowestMs: number };
  /** After a third of all and at the end, when nothing was under way. */
  residentMb: [number, number];
  descriptors: [number, number];
}

/** Longer than any answer takes, on a busy machine too. */
const LIMIT_MS = 15_000;
const AT_ONCE = 64;
const HONEST = "honest";
/** Of an input that shows a fault, in characters of base64. */
const SHOWN = 6_000;

/** Mutated requests and frames against a daemon of its own, until there were `inputs`. The same for the same seed. */
export async function attack({
  who,
  inputs,
  seed,
  onProgress = () => {},
}: {
  who: Who;
  inputs: number;
  seed: number;
  onProgress?: (done: number) => void;
}): Promise<Course> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-fuzz-"));
  const daemon = await startDaemon(folder);
  const pid = daemon.child.pid ?? 0;
  const course: Course = {
    who,
    inputs: 0,
    codes: {},
    faults: [],
    seconds: 0,
    heartbeats: { acked: 0, slowestMs: 0 },
    residentMb: [0, 0],
    descriptors: [0, 0],
  };
  const startedAt = performance.now();
  const fault = (text: string): void => void course.faults.push(text);
  if (daemon.child.stderr)
    createInterface({ input: daemon.child.stderr }).on("line", (line) => {
      if (/"level":[56]0/.test(line)) fault(`the log: ${line}`);
    });
  let isOver = false;
  daemon.child.once("exit", (status, signal) => isOver || fault(`the daemon ended with ${status ?? signal}`));

  const { body: honest } = await daemon.call("POST", "/api/v1/hosts", { name: HONEST, expected_frequency_seconds: 60 });
  const { body: host } = await daemon.call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 60 });
  const { body: viewer } = await daemon.call("POST", "/api/v1/tokens", { name: "vera", role: "viewer" });
  // Who asks too often would be told so, and nothing else be tried.
  const limits = { tokenPerSecond: 1_000_000, hostPerSecond: 1_000_000, publicPerMinute: 1_000_000 };
  await daemon.call("PUT", "/api/v1/settings/limits", { ...limits, unproven: 100_000 });
  const tokens = who === "admin" ? [daemon.token] : ["", "wrong", viewer.token, host.token];
  const port = Number(new URL(daemon.url).port);
  const heartbeats = await startHonestHost(daemon.url, honest.token, HONEST);
  const random = seededRandom(seed);

  /** One after the other, drawn in the same order whatever the answers take. */
  async function fire(upTo: number): Promise<void> {
    while (course.inputs < upTo && daemon.child.exitCode === null && daemon.child.signalCode === null) {
      const token = pick(tokens, random);
      const from = `127.${1 + Math.floor(random() * 250)}.${Math.floor(random() * 250)}.1`;
      const volley = aVolley(token, random);
      const { codes, fault: wrong } = volley.judge(await exchange(port, volley, from, LIMIT_MS));
      course.inputs += Math.max(1, Math.min(volley.inputs, codes.length));
      for (const code of codes) course.codes[code] = (course.codes[code] ?? 0) + 1;
      if (wrong !== undefined) fault(`${wrong}: ${volley.bytes.toString("base64").slice(0, SHOWN)}`);
      onProgress(course.inputs);
    }
  }

  try {
    for (const [nth, upTo] of [inputs / 3, inputs].entries()) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => fire(upTo)));
      await until("the last heartbeats' answers", () => heartbeats.waiting() < 3, LIMIT_MS);
      course.descriptors[nth] = await settledDescriptors(pid);
      course.residentMb[nth] = residentMbOf(pid);
    }
  } catch (error) {
    fault((error as Error).message);
  }
  const { acked, slowestMs, refused } = heartbeats.seen;
  course.heartbeats = { acked, slowestMs: Math.round(slowestMs) };
  if (refused) fault(`a heartbeat wasn't taken: ${refused}`);
  heartbeats.stop();
  course.seconds = Math.round((performance.now() - startedAt) / 1_000);
  isOver = true;
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
  return course;
}

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const residentMbOf = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024);

/** Once no connection is left over but the honest host's; those that a fault leaves are counted. */
async function settledDescriptors(pid: number): Promise<number> {
  let last = descriptorsOf(pid);
  await until("connections to end", () => last <= (last = descriptorsOf(pid)), 5_000).catch(() => undefined);
  return last;
}
