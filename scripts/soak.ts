/**
 * Everything at once, with kills: `npm run soak -- [--kills K] [--minutes N] [--hosts H] [--daemons D] [--seed S]`.
 * Without minutes it kills as fast as it can; with them the kills are spread over so long, four a minute unless K says
 * otherwise. Ends with status 1 if anything that was acknowledged is missing, or anything else is wrong.
 */
import { parseArgs } from "node:util";
import { median, printTable, whole } from "../bench/support/figures.ts";
import { HOUR, MINUTE, SECOND } from "../src/shared/time.ts";
import type { Sample } from "../tests/support/soak/course.ts";
import { runSoak } from "../tests/support/soak/run.ts";

const MB = 1 << 20;
const SHOWN = 20;
const LATER_MS = 9 * SECOND;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { kills: text, minutes: text, hosts: text, daemons: text, seed: text } });
const given = (name: keyof typeof values, otherwise: number): number => Number(values[name] ?? otherwise);
const minutes = given("minutes", 0);
const kills = given("kills", minutes > 0 ? Math.ceil(4 * minutes) : 200);
const hosts = given("hosts", 16);
const atOnce = given("daemons", Math.min(4, kills));
const seed = given("seed", Date.now() % 1_000_000);
const wrongFlag = Object.entries({ kills, hosts, atOnce }).find(([, value]) => !(Number.isInteger(value) && value > 0));
if (wrongFlag ?? !(minutes >= 0 && Number.isInteger(seed))) {
  console.error("give whole numbers: --kills, --hosts and --daemons from 1 on, --minutes and --seed from 0 on");
  process.exit(2);
}

const startedAt = performance.now();
const seconds = (): number => Math.round((performance.now() - startedAt) / SECOND);
console.log(`${kills} kills of ${atOnce} daemons with ${hosts} hosts each, seed ${seed}`);
let killed = 0;
const telling = setInterval(() => console.log(`${seconds()} s: ${killed} of ${kills} kills`), 10 * SECOND);
const { missing, wrong, counts, samples } = await runSoak({
  kills,
  seed,
  hosts,
  atOnce,
  ...(minutes > 0 ? { lifeMs: (minutes * MINUTE * atOnce) / kills } : {}),
  onKill: (done) => (killed = done),
  onFault: (fault) => console.log(`${seconds()} s: ${fault}`),
});
clearInterval(telling);

/** How it grows in an hour (least squares), where each group has a level of its own; none of a moment alone. */
function slopeOf(some: readonly Sample[], group: (sample: Sample) => string, x: "at" | "ageMs", y: Figure): number {
  let [xy, xx] = [0, 0];
  for (const one of Map.groupBy(some, group).values()) {
    const mean = (of: (sample: Sample) => number) => one.reduce((sum, sample) => sum + of(sample), 0) / one.length;
    const [x0, y0] = [mean((sample) => sample[x]), mean(y)];
    for (const sample of one) {
      xy += (sample[x] - x0) * (y(sample) - y0);
      xx += (sample[x] - x0) ** 2;
    }
  }
  return (xy / xx) * HOUR;
}
type Figure = (sample: Sample) => number;

function row(name: string, some: readonly Sample[], slope: number, y: Figure): string[] {
  const quarter = Math.ceil(some.length / 4);
  const spread = (part: readonly Sample[]): string => {
    const all = part.map(y);
    return [Math.min(...all), median(all), Math.max(...all)].map(whole).join(" / ");
  };
  const isLong = performance.now() - startedAt > 5 * MINUTE && Number.isFinite(slope);
  const grows = isLong ? slope.toFixed(1) : "too short to say";
  return [name, whole(some.length), spread(some.slice(0, quarter)), spread(some.slice(-quarter)), grows];
}

const rssOf: Figure = ({ rssBytes }) => rssBytes / MB;
const descriptorsOf: Figure = ({ descriptors }) => descriptors;
const [first, later] = [
  samples.filter(({ ageMs }) => ageMs < LATER_MS),
  samples.filter(({ ageMs }) => ageMs >= LATER_MS),
];
const byDaemon = (sample: Sample): string => String(sample.seed);
const byLife = (sample: Sample): string => `${sample.seed} ${sample.life}`;
const rows = [
  row("resident after a start, MB", first, slopeOf(first, byDaemon, "at", rssOf), rssOf),
  row("descriptors after a start", first, slopeOf(first, byDaemon, "at", descriptorsOf), descriptorsOf),
];
if (later.length > 0)
  rows.push(
    row("resident later in a life, MB", later, slopeOf(later, byLife, "ageMs", rssOf), rssOf),
    row("descriptors later in a life", later, slopeOf(later, byLife, "ageMs", descriptorsOf), descriptorsOf),
  );
console.log();
printTable(
  ["what happened", "times"],
  Object.entries(counts).map(([name, count]) => [name, whole(count)]),
);
console.log();
printTable(["min / median / max", "samples", "first quarter", "last quarter", "an hour"], rows);
console.log();
for (const one of [...missing, ...wrong].slice(0, SHOWN)) console.log(one);
const isWell = missing.length + wrong.length === 0;
console.log(
  `${isWell ? "NOTHING LOST" : "FAILED"}: ${whole(counts.kills)} kills in ${seconds()} s, ${whole(counts.heartbeats)} heartbeats and ${whole(counts.acknowledgements)} acknowledgements confirmed, ${missing.length} missing, ${wrong.length} otherwise wrong (seed ${seed})`,
);
process.exit(isWell ? 0 : 1);
