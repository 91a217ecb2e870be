/**
 * Mutated requests and frames against real daemons: `npm run fuzz -- [inputs] [seed]`, half of them with an
 * administrator's token, half with everybody else's. Ends with status 1 if one wasn't answered with a code or a clean
 * close, if a daemon ended, hung or grew, or if an honest host's heartbeat wasn't taken meanwhile.
 */
import { printTable, whole } from "../bench/support/figures.ts";
import { attack, type Course } from "../tests/support/fuzz/attack.ts";
import { grown } from "../tests/support/fuzz/grown.ts";

const STEP = 50_000;
const SHOWN = 20;

const [inputs = 1_000_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
if (!(Number.isInteger(inputs) && inputs > 0 && Number.isInteger(seed) && seed >= 0)) {
  console.error("give whole numbers: how many inputs, and a seed");
  process.exit(2);
}
console.log(`${whole(inputs)} inputs, seed ${seed}`);
const courses: Course[] = [];
for (const who of ["admin", "others"] as const) {
  let told = STEP;
  courses.push(
    await attack({
      who,
      inputs: inputs / 2,
      seed,
      onProgress(done) {
        if (done < told) return;
        told += STEP;
        console.log(`${who}: ${whole(done)} of ${whole(inputs / 2)}`);
      },
    }),
  );
}
const faults = courses.flatMap((course) => [...course.faults, ...grown(course)]);
const codes = [...new Set(courses.flatMap((course) => Object.keys(course.codes)))].toSorted();
console.log();
printTable(
  ["answer", ...courses.map(({ who }) => who)],
  codes.map((code) => [code, ...courses.map((course) => whole(course.codes[code] ?? 0))]),
);
console.log();
printTable(
  ["", ...courses.map(({ who }) => who)],
  [
    ["inputs", ...courses.map((course) => whole(course.inputs))],
    ["seconds", ...courses.map((course) => whole(course.seconds))],
    ["heartbeats taken", ...courses.map(({ heartbeats }) => whole(heartbeats.acked))],
    ["slowest heartbeat, ms", ...courses.map(({ heartbeats }) => whole(heartbeats.slowestMs))],
    ["resident, MB: after a third, at the end", ...courses.map(({ residentMb }) => residentMb.join(", "))],
    ["descriptors: after a third, at the end", ...courses.map(({ descriptors }) => descriptors.join(", "))],
  ],
);
console.log();
for (const fault of faults.slice(0, SHOWN)) console.log(fault);
const sent = courses.reduce((sum, course) => sum + course.inputs, 0);
console.log(`${faults.length === 0 ? "NO FAULT" : `${faults.length} FAULTS`} in ${whole(sent)} inputs (seed ${seed})`);
process.exit(faults.length === 0 ? 0 : 1);
