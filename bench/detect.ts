import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { plainAddress } from "../src/daemon/monitors/logs/detect/address.ts";
import { createDetector } from "../src/daemon/monitors/logs/detect/detector.ts";
import { isTrouble } from "../src/daemon/monitors/logs/detect/trouble.ts";
import type { LocalFinding } from "../src/daemon/monitors/logs/finding.ts";
import { createParser } from "../src/daemon/monitors/logs/formats/parse.ts";
import { clean } from "../src/daemon/monitors/logs/read/clean.ts";
import type { LogRecord } from "../src/daemon/monitors/logs/record.ts";
import { createRedactor } from "../src/daemon/monitors/logs/redact/redactor.ts";
import { createMiner } from "../src/daemon/monitors/logs/templates/miner.ts";
import { dataFolder, linesOf } from "./support/log-data.ts";
import type { Measured, Row } from "./support/report.ts";

const NOW = Date.parse("2026-12-01T00:00Z");
const ROUNDS = 20;

/** A test of the CrowdSec hub: its logs, and whom its scenarios are to find in them (https://github.com/crowdsecurity/hub). */
interface Case {
  case: string;
  logs: string[];
  expected: { scenario: string; sources: string[] }[];
}

/** Lines cleaned, redacted and taken apart, each with the id of its template. */
function taken(lines: readonly string[]): [LogRecord, string][] {
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const parser = createParser({ now: NOW });
  const miner = createMiner();
  return lines.map((line, i) => {
    const record = parser.parse(redactor.redact(clean(line)), i + 1);
    return [record, miner.idOf(miner.take(record.message))];
  });
}

function findingsIn(lines: readonly string[]): LocalFinding[] {
  const detector = createDetector();
  for (const [record, template] of taken(lines)) detector.take(record, template);
  return detector.finish();
}

const percent = (part: number, whole: number): number => (100 * part) / Math.max(1, whole);

function hub(): Row[] {
  const folder = join(dataFolder, "crowdsec");
  const cases = (JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as Case[]).map((one) => {
    const found = findingsIn(one.logs.flatMap((log) => linesOf(join(folder, "logs", one.case, log))));
    const said = new Set(found.flatMap(({ source, user }) => [source, user]));
    const sources = one.expected.flatMap((each) => each.sources.map((source) => plainAddress(source) ?? source));
    return { name: one.case, found, sources, hits: sources.filter((source) => said.has(source)).length };
  });
  const attacks = cases.filter(({ sources }) => sources.length > 0);
  const harmless = cases.filter(({ sources }) => sources.length === 0);
  const any = (some: typeof cases): number => percent(some.filter(({ hits }) => hits > 0).length, some.length);
  const fires = (...severities: string[]): number =>
    percent(
      harmless.filter(({ found }) => found.some(({ severity }) => severities.includes(severity))).length,
      harmless.length,
    );
  for (const { name, hits, sources } of attacks)
    if (hits < sources.length)
      console.log(`  ${hits === 0 ? "missed" : "in part"}: ${name} (${[...new Set(sources)].join(", ")})`);
  for (const { name, found } of harmless)
    if (found.length > 0)
      console.log(`  on ${name}: ${found.map(({ severity, key }) => `${severity} ${key}`).join(", ")}`);
  return [
    { name: `of ${attacks.length} attacks, a source found`, goal: "≥ 85", figure: any(attacks), unit: "%" },
    {
      name: "… every source",
      figure: percent(attacks.filter(({ hits, sources }) => hits === sources.length).length, attacks.length),
      unit: "%",
    },
    {
      name: `of ${harmless.length} parser samples, something told`,
      goal: "≤ 15",
      figure: fires("critical", "warning", "info"),
      unit: "%",
    },
    { name: "… warnings or worse", figure: fires("critical", "warning"), unit: "%" },
    { name: "… critical", figure: fires("critical"), unit: "%" },
  ];
}

/** BlueGene/L: a first column other than `-` marks a line as an alert. The column is taken off before it is read. */
function blueGene(): Row[] {
  const lines = linesOf(join(dataFolder, "loghub", "BGL", "BGL_2k.log"));
  const told = lines.map((line) => line.replace(/^\S+/, "-"));
  const judged = taken(told).map(([record], i) => ({ trouble: isTrouble(record), alert: !lines[i]?.startsWith("- ") }));
  const rows = (some: typeof judged, half: string, goals: [string?, string?]): Row[] => {
    const both = some.filter(({ trouble, alert }) => trouble && alert).length;
    const of = (what: "trouble" | "alert"): number => percent(both, some.filter((one) => one[what]).length);
    const [precision, recall] = goals;
    return [
      {
        name: `BGL, ${half} half: precision of lines`,
        ...(precision && { goal: precision }),
        figure: of("trouble"),
        unit: "%",
      },
      { name: "… recall", ...(recall && { goal: recall }), figure: of("alert"), unit: "%" },
    ];
  };
  return [...rows(judged.slice(0, 1_000), "first", []), ...rows(judged.slice(1_000), "second", ["≥ 60", "≥ 95"])];
}

/** CPU of the detector alone, on the lines of a system over and over. */
function speed(system: string): Row {
  const lines = taken(linesOf(join(dataFolder, "loghub", system, `${system}_2k.log`)));
  const detector = createDetector();
  const round = (): void => {
    for (const [record, template] of lines) detector.take(record, template);
  };
  round();
  const before = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) round();
  const { user, system: kernel } = process.cpuUsage(before);
  return { name: `a line of ${system}`, figure: (user + kernel) / (ROUNDS * lines.length), unit: "µs" };
}

/** What the local analyser finds where it is known what there is to find, and what that takes. */
export function run(): Promise<Measured> {
  const about =
    "the local analyser alone, without a baseline, on tests of the CrowdSec hub and labelled lines of Loghub";
  if (!existsSync(join(dataFolder, "crowdsec")) || !existsSync(join(dataFolder, "loghub")))
    return Promise.resolve({ rows: [], about: `${about}; the data isn't here: SENTINEL_BENCH_DATA says where it is` });
  return Promise.resolve({
    rows: [...hub(), ...blueGene(), ...["HDFS", "Spark", "Apache", "OpenSSH"].map(speed)],
    about: `${about}; the rules were written with a random half of the hub's tests in sight, when 77 % of the other were found, and then with all; for BGL with its first half`,
  });
}
