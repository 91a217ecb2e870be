import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startBusyDaemon } from "../support/busy-daemon.ts";
import { root } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";
import type { TestTerminal } from "../support/terminal.ts";
import { bytesPerSecond } from "../support/terminal-bytes.ts";

const spanMs = 10_000;

async function openHosts(url: string, ...flags: string[]): Promise<TestTerminal> {
  const args = [path.join(root, "bin/sentinel-tui.cjs"), "--url", url, ...flags];
  const env = { COLORTERM: "truecolor", LANG: "C.UTF-8" };
  const terminal = openTerminal(process.execPath, args, { columns: 80, rows: 24, env });
  await terminal.see("live");
  terminal.type("2");
  await terminal.see(/host00\d+ .*[▁▂▃▄]/);
  return terminal;
}

test("a busy fleet takes at most 4 kB a second at 80x24, 1 kB on a slow line, and a quiet one nothing", async () => {
  const busy = await startBusyDaemon({ hosts: 10_000, perSecond: 1_000 });
  const quiet = await startBusyDaemon({ hosts: 1_000, perSecond: 0 });
  onTestFinished(async () => void (await Promise.all([busy.stop(), quiet.stop()])));
  const terminals = await Promise.all([
    openHosts(busy.url),
    openHosts(busy.url, "--theme", "dark"),
    openHosts(busy.url, "--low-bandwidth", "--theme", "dark"),
    openHosts(quiet.url),
  ]);
  // A minute's end changes ages and the clock, all at once.
  const left = 60_000 - (Date.now() % 60_000);
  if (left < spanMs + 2_000) await new Promise((resolve) => setTimeout(resolve, left + 2_000));
  const figures = await Promise.all(terminals.map((terminal) => bytesPerSecond(terminal, spanMs)));
  const [usual = 0, dark = 0, slow = 0, nothing] = figures;
  expect(usual).toBeLessThan(4_000);
  expect(dark).toBeLessThan(4_000);
  expect(slow).toBeLessThan(1_000);
  expect(Math.min(usual, dark, slow)).toBeGreaterThan(50);
  expect(nothing).toBe(0);
}, 60_000);
