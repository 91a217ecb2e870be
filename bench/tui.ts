import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SECOND } from "../src/shared/time.ts";
import { median, quantile, whole } from "./support/figures.ts";
import { openFleet } from "./support/fleet.ts";
import { sendHeartbeats } from "./support/heartbeats.ts";
import { lookOn, openScreen, pressKeys, type programs } from "./support/screens.ts";
import { startSentinel } from "./support/servers.ts";
import type { Measured, Row } from "./support/report.ts";

const HOSTS = 10_000;
const HEARTBEATS_PER_SECOND = 1_000;
const STARTS = 9;
const ROUNDS = 3;
const SETTLE_MS = 2 * SECOND;
const SPAN_MS = 6 * SECOND;
const KEYS = 40;

/** Goes to the table of hosts. */
const HOSTS_KEY = "2";

const small = { columns: 80, rows: 24 };
const large = { columns: 160, rows: 50 };

/** The selected host's row, once it is another's. */
const selected = (before: string): RegExp => new RegExp(`[▸>] [^\\r\\n]*?(?!${before}\\s)(host-\\d+)\\s`);
const echoed = (): RegExp => /[jk]/;

/** From the start of a bare node to its end. */
async function bareNode(): Promise<number> {
  const started = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - started;
}

interface Session {
  program: keyof typeof programs;
  size: { columns: number; rows: number };
  args?: readonly string[];
}

/** What the console takes of the machine, the line and a person's patience, beside a bare node and Ink as it comes. */
export async function run(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  await (await openFleet(join(folder, "data"), HOSTS)).close();
  const daemon = await startSentinel(join(folder, "data"));
  const here = ["--url", `http://127.0.0.1:${daemon.port}`, "--token", daemon.token];
  // What one console leaves for the next would be another start.
  const env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder };

  const firstFrame = async (program: Session["program"], pattern: RegExp): Promise<number> => {
    const screen = openScreen(program, { ...small, args: program === "console" ? here : [], env });
    const { ms } = await screen.wrote(pattern);
    screen.terminal.close();
    return ms;
  };
  const table = async (): Promise<number> => {
    const screen = openScreen("console", { ...small, args: here, env });
    screen.terminal.type(HOSTS_KEY);
    const { ms } = await screen.wrote(/host-\d/);
    screen.terminal.close();
    return ms;
  };
  await table(); // fills the compile cache, as the first use of an installation does
  const starts: Record<"node" | "frame" | "table" | "ink", number>[] = [];
  for (let i = 0; i < STARTS; i++)
    starts.push({
      node: await bareNode(),
      frame: await firstFrame("console", /sentinel/),
      table: await table(),
      ink: await firstFrame("ink", /host-\d/),
    });

  const unload = await sendHeartbeats(daemon, HOSTS, HEARTBEATS_PER_SECOND);
  async function look({ program, size, args = [] }: Session) {
    const screen = openScreen(program, { ...size, args: program === "console" ? [...here, ...args] : [], env });
    const isEcho = program === "echo";
    if (program === "console") screen.terminal.type(HOSTS_KEY);
    if (!isEcho) await screen.wrote(/host-\d/);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const cost = await lookOn(screen, isEcho ? 0 : SPAN_MS);
    const keysMs = size === small ? await pressKeys(screen, KEYS, isEcho ? echoed : selected) : [];
    screen.terminal.close();
    return { ...cost, keysMs };
  }
  const sessions = {
    ours: { program: "console", size: small },
    oursLarge: { program: "console", size: large },
    ink: { program: "ink", size: small },
    inkLarge: { program: "ink", size: large },
    echo: { program: "echo", size: small },
  } as const satisfies Record<string, Session>;
  type Name = keyof typeof sessions;
  const looks: Record<Name, Awaited<ReturnType<typeof look>>>[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const round = [];
    for (const [name, session] of Object.entries(sessions)) round.push([name, await look(session)] as const);
    looks.push(Object.fromEntries(round) as (typeof looks)[number]);
  }
  unload();
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });

  const of = (name: Name, what: "cpu" | "kbPerSecond" | "residentMb"): number =>
    median(looks.map((round) => round[name][what]));
  const key = (name: Name, q: number): number =>
    quantile(
      looks.flatMap((round) => round[name].keysMs),
      q,
    );
  const start = (name: keyof (typeof starts)[number]): number => median(starts.map((one) => one[name]));
  const started = (name: string, ms: number, goal?: string): Row => ({
    name,
    ratio: ms / start("node"),
    ...(goal ? { goal } : {}),
    figure: ms,
    unit: "ms",
  });
  const beside = (name: string, [ours, bare]: [number, number], unit: string, goal?: string): Row[] => [
    { name, ratio: ours / bare, ...(goal ? { goal } : {}), figure: ours, unit },
    { name: "… of Ink alone", figure: bare, unit },
  ];
  const both = (what: Parameters<typeof of>[1]): [number, number] => [of("ours", what), of("ink", what)];
  return {
    rows: [
      started("a bare node starts and ends", start("node")),
      started("first frame", start("frame"), "ratio ≤ 5"),
      started(`the table of ${whole(HOSTS)} hosts`, start("table"), "≤ 350"),
      started("… first frame of Ink alone", start("ink")),
      ...beside("from a key to its paint, half of them", [key("ours", 0.5), key("ink", 0.5)], "ms", "≤ 5"),
      { name: "… of a bare node's echo", figure: key("echo", 0.5), unit: "ms" },
      ...beside("… 95 of a hundred", [key("ours", 0.95), key("ink", 0.95)], "ms", "≤ 25"),
      { name: "… of a bare node's echo", figure: key("echo", 0.95), unit: "ms" },
      ...beside("CPU, of one core", both("cpu"), "%", "≤ 8"),
      ...beside("resident", both("residentMb"), "MB", "≤ 150"),
      ...beside("to the terminal", both("kbPerSecond"), "kB/s", "≤ 4"),
      ...beside("… at 160×50", [of("oursLarge", "kbPerSecond"), of("inkLarge", "kbPerSecond")], "kB/s"),
    ],
    about: `the console in a terminal of 80×24 with ${whole(HOSTS)} hosts at ${whole(HEARTBEATS_PER_SECOND)} heartbeats a second, beside a bare node and Ink as it comes with a table of as many rows and no daemon; medians of ${STARTS} starts, and of ${ROUNDS} rounds of ${SPAN_MS / SECOND} s and ${KEYS} keys each; load and console share the machine`,
  };
}
