import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openFleet } from "../../bench/support/fleet.ts";
import { type DaemonProcess, startDaemon } from "./daemon-process.ts";
import { root } from "./processes.ts";
import { openTerminal, type TerminalOptions, type TestTerminal } from "./terminal.ts";

export interface Fleet {
  /** What goes with the daemon: its folder is in it. */
  home: string;
  /** The daemon's folder. */
  folder: string;
  daemon: DaemonProcess;
}

interface ConsoleOptions extends TerminalOptions {
  hosts: number;
  args?: readonly string[];
}

const fleets = new Map<number, Promise<Fleet>>();
let consoles = 0;

afterAll(async () => {
  for (const fleet of fleets.values()) {
    const { home, daemon } = await fleet;
    await daemon.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
});

async function startFleet(hosts: number): Promise<Fleet> {
  const home = mkdtempSync(join(tmpdir(), "sentinel-fleet-"));
  const folder = join(home, "data");
  await (await openFleet(folder, hosts)).close();
  return { home, folder, daemon: await startDaemon(folder) };
}

/** A real daemon whose hosts host-0, host-1, … have each reported: one for a whole test file, and gone with it. */
export function fleetOf(hosts: number): Promise<Fleet> {
  const fleet = fleets.get(hosts) ?? startFleet(hosts);
  fleets.set(hosts, fleet);
  return fleet;
}

/** A real console in a real terminal on that daemon, as on its first day: it finds nothing that another one kept. */
export async function openConsole({ hosts, args = [], env, ...size }: ConsoleOptions): Promise<TestTerminal> {
  const { home, folder } = await fleetOf(hosts);
  const own = join(home, `console-${++consoles}`);
  return openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder, ...args], {
    ...size,
    env: { XDG_CONFIG_HOME: own, XDG_STATE_HOME: own, XDG_CACHE_HOME: own, ...env },
  });
}
