import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Evidence, usualEvidence } from "../src/daemon/monitors/logs/templates/merge.ts";
import { createMiner } from "../src/daemon/monitors/logs/templates/miner.ts";
import { createParser } from "../src/daemon/monitors/logs/formats/parse.ts";
import { digestRows } from "./support/digest.ts";
import { chainRows } from "./support/log-chain.ts";
import { printTable, whole } from "./support/figures.ts";
import { type Grouping, scoreGrouping } from "./support/grouping.ts";
import { type Labelled, loghub } from "./support/log-data.ts";
import type { Measured, Row } from "./support/report.ts";
import { syslog, templateCount } from "./support/syslog.ts";

const LINES = 1_000_000;
const CHUNK = 10_000;

/** What others come to on the same lines, as published or as measured for LOGS.md on all sixteen systems. */
const others =
  "Drain3 .732 / .734 by default and .860 / .743 with settings for each system; Brain with one for all .887 / .901; Drain3 on raw lines .475";

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function grouping(messages: readonly string[], events: readonly string[], evidence?: Evidence): Grouping {
  const miner = createMiner(undefined, evidence ? { evidence } : {});
  const groups = messages.map((message) => miner.take(message));
  miner.settle();
  return scoreGrouping(
    groups.map((group) => miner.idOf(group)),
    events,
  );
}

function rawGrouping({ raw, events }: Labelled): Grouping {
  const parser = createParser({ now: Date.parse("2026-01-01T00:00Z") });
  return grouping(
    raw.map((line, i) => parser.parse(line, i + 1).message),
    events,
  );
}

/** Every number that could have been another one, around what it is. */
const settings: Evidence[] = [2, 3, 4].flatMap((introduced) =>
  [3, 5, 8].flatMap((word) => [4, 16].map((first) => ({ ...usualEvidence, introduced, word, first }))),
);

/** Each system's figure with the settings that were best on all others. */
function leaveOneOut(systems: readonly Labelled[]): Grouping[] {
  const table = settings.map((evidence) => systems.map(({ messages, events }) => grouping(messages, events, evidence)));
  return systems.map((_, left) => {
    const onOthers = table.map((row) => mean(row.filter((_row, i) => i !== left).map(({ ga }) => ga)));
    const best = table[onOthers.indexOf(Math.max(...onOthers))];
    return best?.[left] ?? { ga: Number.NaN, fga: Number.NaN };
  });
}

/** Grouping as percentages, by each way of having the message. */
function groupingRows(systems: readonly Labelled[]): Row[] {
  if (systems.length === 0) {
    console.log("  no Loghub samples here (SENTINEL_BENCH_DATA names the folder they are in): grouping isn't measured");
    return [];
  }
  const ways: [name: string, goals: [string, string], figures: Grouping[]][] = [
    ["message text", ["≥ 88", "≥ 90"], systems.map(({ messages, events }) => grouping(messages, events))],
    ["… with settings of the other systems", ["≥ 84", ""], leaveOneOut(systems)],
    ["raw lines", ["≥ 85", ""], systems.map(rawGrouping)],
  ];
  const percent = (value: number): string => (value * 100).toFixed(1);
  printTable(
    ["", ...ways.flatMap(([name]) => [`${name}: GA`, "FGA"])],
    systems.map(({ system }, i) => [
      system,
      ...ways.flatMap(([, , figures]) => [percent(figures[i]?.ga ?? 0), percent(figures[i]?.fga ?? 0)]),
    ]),
  );
  return ways.flatMap(([name, [ga, fga], figures]): Row[] => [
    { name: `grouping accuracy: ${name}`, goal: ga, figure: 100 * mean(figures.map((each) => each.ga)), unit: "%" },
    {
      name: "… F1 of groups",
      ...(fga ? { goal: fga } : {}),
      figure: 100 * mean(figures.map((each) => each.fga)),
      unit: "%",
    },
  ]);
}

/** What is held once all that isn't needed any more is gone. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Mining alone, of a generated log whose headers are off already. */
function miningRows(): Row[] {
  const miner = createMiner();
  let micros = 0;
  const timed = (work: () => void): void => {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    micros += user + system;
  };
  let chunk: string[] = [];
  const mine = (): void => {
    timed(() => chunk.forEach((message) => miner.take(message)));
    chunk = [];
  };
  const before = heapBytes();
  for (const line of syslog({ lines: LINES })) {
    chunk.push(line.slice(line.indexOf(": ") + 2));
    if (chunk.length === CHUNK) mine();
  }
  timed(() => miner.settle());
  const held = heapBytes() - before;
  return [
    { name: "mining alone", goal: "≥ 150,000", figure: LINES / (micros / 1e6), unit: "lines/s of CPU" },
    { name: "… memory that it holds", figure: held / 2 ** 20, unit: "MB" },
    { name: `… templates found, of ${templateCount}`, figure: miner.templates().length, unit: "" },
  ];
}

/** How well lines are grouped into templates, and how fast. */
export async function run(): Promise<Measured> {
  const systems = loghub();
  return {
    rows: [...groupingRows(systems), ...miningRows(), ...(await chainRows(LINES)), ...digestRows(LINES)],
    about: `one configuration for everything; grouping is the mean of ${systems.length} of Loghub's systems (2,000 lines each), beside which, GA / FGA on all sixteen: ${others}; mining is of ${whole(LINES)} generated lines of syslog`,
  };
}
