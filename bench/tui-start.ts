import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { spawn as spawnTerminal } from "@lydell/node-pty";
import { median } from "./support/figures.ts";
import { startSentinel } from "./support/servers.ts";
import type { Measured } from "./support/report.ts";

const ROUNDS = 15;
const launcher = fileURLToPath(new URL("../bin/sentinel-tui.cjs", import.meta.url));

/** From the start of a bare node to its end. */
async function bareNode(): Promise<number> {
  const started = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - started;
}

/** From the start of the console to the first screen with its header, and to the first with the daemon's data. */
async function consoleStart(args: string[]): Promise<{ frame: number; live: number }> {
  const started = performance.now();
  const pty = spawnTerminal(process.execPath, [launcher, ...args], {
    cols: 80,
    rows: 24,
    env: { ...process.env, TERM: "xterm-256color", CI: "" },
  });
  let seen = "";
  let frame = 0;
  const live = await new Promise<number>((resolve) => {
    pty.onData((data) => {
      seen += data;
      if (frame === 0 && seen.includes("sentinel")) frame = performance.now() - started;
      if (seen.includes("live")) resolve(performance.now() - started);
    });
  });
  pty.kill("SIGKILL");
  return { frame, live };
}

/** How long until something is on the screen, beside the time that node alone takes. */
export async function run(): Promise<Measured> {
  const daemon = await startSentinel();
  const args = ["--url", `http://127.0.0.1:${daemon.port}`, "--token", daemon.token];
  await consoleStart(args); // fills the compile cache, as the first use of an installation does
  const bare: number[] = [];
  const consoles: { frame: number; live: number }[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await bareNode());
    consoles.push(await consoleStart(args));
  }
  await daemon.stop();
  const node = median(bare);
  const row = (name: string, ms: number) => ({ name, ratio: ms / node, figure: ms, unit: "ms" });
  return {
    rows: [
      row("node -e 0", node),
      row("first frame", median(consoles.map(({ frame }) => frame))),
      row("live data", median(consoles.map(({ live }) => live))),
    ],
    about: `from the start of the console until something is on its screen, 80×24, beside a bare node that starts and ends; medians of ${ROUNDS}, by turns`,
  };
}
