/**
 * An hour of the console at speed: `npm run soak:tui -- [--seconds N] [--hosts H] [--updates U] [--seed S]`. Ends with
 * status 1 if its memory grew or the whole screen was cleared without need.
 */
import { parseArgs } from "node:util";
import { printTable, whole } from "../bench/support/figures.ts";
import { growthPerHour, soakConsole } from "../tests/support/soak/run-console.ts";

const MB = 1 << 20;
/** What is noise in an hour. */
const GROWTH_MB = 3;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { seconds: text, hosts: text, updates: text, seed: text } });
const given = (name: keyof typeof values, otherwise: number): number => {
  const value = Number(values[name] ?? otherwise);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} must be a whole number from 1 on`);
  process.exit(2);
};
const seconds = given("seconds", 3_600);
const hosts = given("hosts", 10_000);
const seed = given("seed", (Date.now() % 1_000_000) + 1);
const options = { seconds, hosts, updatesPerSecond: given("updates", 1_000), seed };
console.log(`${whole(seconds)} s of a console with ${whole(hosts)} hosts, seed ${seed}`);
const sampleSeconds = Math.max(1, Math.round(seconds / 60));
const { samples, clears, keys, resizes, bytes } = await soakConsole({ ...options, sampleSeconds });
const heaps = samples.map(({ heapBytes }) => heapBytes / MB);
const growthMb = growthPerHour(samples) / MB;
const rows = Object.entries({
  "keys pressed": whole(keys),
  resizes: whole(resizes),
  "written, kB/s": (bytes / seconds / 1_000).toFixed(1),
  "heap at first, MB": heaps[0]?.toFixed(1) ?? "–",
  "heap at last, MB": heaps.at(-1)?.toFixed(1) ?? "–",
  "heap's growth an hour, MB": growthMb.toFixed(1),
  "clears of the whole screen": whole(clears.length),
});
printTable(["", ""], rows);
if (clears.length > 0) console.log(`cleared in second ${clears.join(", ")}`);
process.exit(clears.length > 0 || growthMb > GROWTH_MB ? 1 : 0);
