import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SECOND } from "../../src/shared/time.ts";
import { seededRandom } from "../../tests/support/seeded-random.ts";
import { startTerminal, type TestTerminal } from "../../tests/support/terminal.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What can be run in a terminal: the console as users start it, and what is bare beside it, as arguments of Node. */
export const programs = {
  console: [here("../../bin/sentinel-tui.cjs")],
  ink: [here("./bare-ink.ts")],
  echo: ["-e", 'process.stdin.setRawMode(true).on("data", (key) => process.stdout.write(key))'],
} as const;

export interface Screen {
  terminal: TestTerminal;
  /** Milliseconds since its start. */
  age(): number;
  /** Until what was written since the last such call or `forget`, without its colours, holds the pattern. */
  wrote(pattern: RegExp): Promise<{ ms: number; match: RegExpExecArray }>;
  forget(): void;
}

interface ScreenOptions {
  columns: number;
  rows: number;
  args?: readonly string[];
  env: Record<string, string>;
}

export function openScreen(program: keyof typeof programs, { columns, rows, args = [], env }: ScreenOptions): Screen {
  const started = performance.now();
  const terminal = startTerminal(process.execPath, [...programs[program], ...args], {
    columns,
    rows,
    env: { LANG: "C.UTF-8", NODE_ENV: "production", ...env },
  });
  let text = "";
  let wake = (): void => {};
  terminal.onData((data) => {
    text += data.replace(/\u001b\[[\d;]*m/g, "");
    wake();
  });
  async function wrote(pattern: RegExp) {
    for (;;) {
      const match = pattern.exec(text);
      if (match) {
        text = "";
        return { ms: performance.now() - started, match };
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return { terminal, age: () => performance.now() - started, wrote, forget: () => void (text = "") };
}

/** How long keys take to the paint of what they do, ms each: those of a person, at moments of their own. */
export async function pressKeys(screen: Screen, count: number, painted: (before: string) => RegExp): Promise<number[]> {
  const random = seededRandom(count);
  const took: number[] = [];
  let before = "";
  for (let nth = 0; nth < count; nth++) {
    await new Promise((resolve) => setTimeout(resolve, 20 + 100 * random()));
    screen.forget();
    const pressed = screen.age();
    screen.terminal.type(nth % 20 < 10 ? "j" : "k");
    const { ms, match } = await screen.wrote(painted(before));
    before = match[1] ?? "";
    took.push(ms - pressed);
  }
  // Only after the first is it known what was selected before.
  return took.slice(1);
}

const TICKS_PER_SECOND = 100;

/** CPU of a process so far, ms; Linux counts it in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * SECOND) / TICKS_PER_SECOND;
}

/** What it costs to look on for so long: CPU in % of a core, bytes a second to the terminal, and what is resident after it. */
export async function lookOn({ terminal }: Screen, spanMs: number) {
  let bytes = 0;
  terminal.onData((data) => (bytes += Buffer.byteLength(data)));
  const [from, before] = [performance.now(), cpuMs(terminal.pid)];
  await new Promise((resolve) => setTimeout(resolve, spanMs));
  const tookMs = performance.now() - from;
  const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${terminal.pid}/status`, "utf8"))?.[1]);
  return {
    cpu: (100 * (cpuMs(terminal.pid) - before)) / tookMs,
    kbPerSecond: bytes / tookMs,
    residentMb: residentKb / 1024,
  };
}
