import { writeFileSync } from "node:fs";
import { machine, type Measured, pageOf, printMeasured } from "./support/report.ts";

/** `npm run bench` alone runs them all, and writes the page. */
const benches: Record<string, () => Promise<{ run(): Promise<Measured> }>> = {
  ingest: () => import("./ingest.ts"),
  deadlines: () => import("./deadlines.ts"),
  memory: () => import("./memory.ts"),
  restart: () => import("./restart.ts"),
  history: () => import("./history.ts"),
  feed: () => import("./feed.ts"),
  stall: () => import("./stall.ts"),
  redact: () => import("./redact.ts"),
  abuse: () => import("./abuse.ts"),
  tui: () => import("./tui.ts"),
  logs: () => import("./logs.ts"),
  detect: () => import("./detect.ts"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
console.log(machine());
const measured = new Map<string, Measured>();
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  console.log(`\n${name}`);
  const one = await (await benches[name]?.())?.run();
  if (!one) continue;
  printMeasured(one);
  measured.set(name, one);
}
if (wanted.length === 0) {
  const page = new URL("../docs/BENCHMARKS.md", import.meta.url);
  writeFileSync(page, pageOf(measured, new Date().toISOString().slice(0, 10)));
}
process.exit(0);
