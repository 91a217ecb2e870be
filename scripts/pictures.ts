/**
 * Makes docs/pictures/*.svg of the console's main screens: `npm run pictures`. A daemon and a console on a made-up
 * company's morning, both with a clock that stands still, so that the same console makes the same pictures.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { createApp } from "../src/daemon/app.ts";
import { readOptions } from "../src/daemon/options.ts";
import { HOUR } from "../src/shared/time.ts";
import { createFakeClock } from "../tests/support/fake-clock.ts";
import { startTerminal } from "../tests/support/terminal.ts";
import { attackedLog, makeFleet } from "./pictures/fleet.ts";
import { svgOf } from "./pictures/svg.ts";

const root = path.join(import.meta.dirname, "..");
const pictures = path.join(root, "docs", "pictures");
const morning = Date.UTC(2026, 2, 3, 9, 41);
const size = { columns: 100, rows: 30 };
/** All that a screen fetches has come by then. */
const QUIET_MS = 600;
const limitBytes = 60_000;

interface Picture {
  name: string;
  /** For those who can't see it. */
  title: string;
  /** What is pressed, a key at a time. */
  keys: readonly string[];
  /** What is on the screen then. */
  shows: RegExp;
}

const shots: readonly Picture[] = [
  { name: "overview", title: "The overview: what needs a person now", keys: [], shows: /db-02/ },
  { name: "hosts", title: "All hosts", keys: ["2"], shows: /web-01/ },
  {
    name: "host",
    title: "One host: its timeline, alerts, metrics",
    keys: ["2", "/", "cache-01", "\r", "8"],
    shows: /uptime/,
  },
  { name: "alerts", title: "All alerts", keys: ["3"], shows: /cache-02/ },
  {
    name: "alert",
    title: "One alert: its history, and who was told",
    keys: ["3", "/", "db-02", "\r", "9"],
    shows: /history/,
  },
  { name: "log", title: "A log with what it shows", keys: ["4", "\r"], shows: /Accepted/ },
  { name: "line", title: "The internet line and the probes", keys: ["5"], shows: /cloudflare/ },
  { name: "silences", title: "Silences and maintenance", keys: ["7"], shows: /rack move/ },
  { name: "form", title: "Adding a host", keys: ["2", "+", "web-07"], shows: /web-07/ },
];

/** Before anything else in the console: its clock stands still too. */
const standStill = `data:text/javascript,Date.now=()=>${morning}`;

const home = mkdtempSync(path.join(tmpdir(), "sentinel-pictures-"));
const data = path.join(home, "data");
const clock = createFakeClock(morning - 26 * HOUR);
await makeFleet(data, clock, morning);
const options = readOptions({ flags: { data, listen: "127.0.0.1:0" }, env: {} });
const app = createApp(options, {
  version: JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version,
  clock,
  bootTime: clock.bootTime,
  log: pino({ level: "silent" }),
  onFatal: (error) => {
    throw error;
  },
});
await app.start();
await attackedLog(home, app.address.url, readFileSync(path.join(data, "admin.token"), "utf8").trim(), morning);

async function shoot({ name, title, keys, shows }: Picture): Promise<void> {
  const args = ["--import", standStill, path.join(root, "bin/sentinel-tui.cjs"), "--data", data];
  const own = path.join(home, name);
  const env = { LANG: "C.UTF-8", TZ: "UTC", COLORTERM: "truecolor", XDG_CONFIG_HOME: own, XDG_STATE_HOME: own };
  const terminal = startTerminal(process.execPath, args, { ...size, env });
  await terminal.see("live");
  for (const key of keys) terminal.type(key);
  await terminal.see(shows);
  const svg = svgOf(await terminal.quiet(QUIET_MS), size, title);
  terminal.close();
  if (svg.length > limitBytes) throw new Error(`${name} takes ${svg.length} bytes, more than ${limitBytes}`);
  writeFileSync(path.join(pictures, `${name}.svg`), svg);
  console.log(`${name}.svg, ${svg.length} bytes`);
}

mkdirSync(pictures, { recursive: true });
for (const one of shots) await shoot(one);
await app.stop();
rmSync(home, { recursive: true, force: true });
process.exit(0);
