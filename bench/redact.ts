import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { carriedSecrets, survives } from "../src/daemon/monitors/logs/redact/carriers.test-support.ts";
import { createRedactor } from "../src/daemon/monitors/logs/redact/redactor.ts";
import { secretKinds } from "../src/daemon/monitors/logs/redact/secrets.test-support.ts";
import { seededRandom } from "../tests/support/seeded-random.ts";
import { median } from "./support/figures.ts";
import type { Measured, Row } from "./support/report.ts";

const key = new Uint8Array(32).fill(1);
const ROUNDS = 5;
const samples = path.join(
  process.env["SENTINEL_BENCH_DATA"] ?? path.join(import.meta.dirname, "../../shared/data"),
  "loghub",
);

/** What share of secrets that were made for this run is gone from their lines. */
function recall(): Row[] {
  const random = seededRandom(Date.now());
  const carried = Array.from({ length: ROUNDS }, () => [...carriedSecrets(secretKinds, random)]).flat();
  const gone = carried.filter((one) => !survives(one, createRedactor({ key }).redact(one.line)));
  return [
    {
      name: `secrets replaced, of ${secretKinds.length} kinds`,
      goal: "≥ 99",
      figure: (100 * gone.length) / carried.length,
      unit: "%",
    },
  ];
}

function linesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".log"));
  return files.flatMap((file) =>
    readFileSync(path.join(folder, file), "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  );
}

function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** How many lines that hold no secret are changed all the same, and how fast they are gone through. */
function clean(lines: readonly string[]): Row[] {
  const redactor = createRedactor({ key });
  const changed = lines.filter((line) => redactor.redact(line) !== line).length;
  const perSecond = Array.from({ length: ROUNDS }, () => {
    let sum = 0;
    const seconds = cpuSeconds(() => {
      for (let i = 0; i < 10; i++) for (const line of lines) sum += redactor.redact(line).length;
    });
    return sum > 0 ? (10 * lines.length) / seconds : 0;
  });
  return [
    { name: "lines of Loghub changed", goal: "≤ 3", figure: (100 * changed) / lines.length, unit: "%" },
    { name: "… gone through", goal: "≥ 60,000", figure: median(perSecond), unit: "lines/s of CPU" },
  ];
}

/** The slowest of many lines of 8 KiB that were made to be slow. */
function hostile(): Row[] {
  const lines = [
    "sid=",
    "cookie=a&",
    "password ",
    "key=a,",
    "://a:",
    'token="',
    "\\\\",
    "%2525",
    "4111 ",
    "auth is ",
    " -pw=a&",
  ];
  const seconds = lines.map((piece) => {
    const line = piece.repeat(8192 / piece.length);
    return median(Array.from({ length: ROUNDS }, () => cpuSeconds(() => createRedactor({ key }).redact(line))));
  });
  return [{ name: "a hostile line of 8 KiB, the slowest", figure: 1000 * Math.max(...seconds), unit: "ms of CPU" }];
}

/** What redaction finds, spoils and costs. */
export async function run(): Promise<Measured> {
  const there = existsSync(samples);
  if (!there) console.log(`  the samples of Loghub aren't at ${samples}: their rows are left out`);
  return {
    rows: [...recall(), ...(there ? clean(linesOf(samples)) : []), ...hostile()],
    about:
      "secrets made by chance for this run, each in whatever may carry it into a log, and lines of eight systems' logs (Loghub) in which there is next to none",
  };
}
