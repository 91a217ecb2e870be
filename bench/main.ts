import { cpus, release } from "node:os";

/** Each bench prints its own table; `npm run bench` alone runs them all. */
const benches: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  ingest: () => import("./ingest.ts"),
  deadlines: () => import("./deadlines.ts"),
  memory: () => import("./memory.ts"),
  restart: () => import("./restart.ts"),
  history: () => import("./history.ts"),
  feed: () => import("./feed.ts"),
  stall: () => import("./stall.ts"),
  "tui-start": () => import("./tui-start.ts"),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "processor"}, ${process.platform} ${release()}`,
);
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  console.log(`\n${name}`);
  await (await benches[name]?.())?.run();
}
process.exit(0);
