import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";
import { plainEnvironment, root, until } from "./processes.ts";

export interface TestTerminal {
  pid: number;
  /** What a person would see just now. */
  screen(): string;
  see(text: string | RegExp, patienceMs?: number): Promise<string>;
  type(keys: string): void;
  /** From here on nobody reads what the program writes, as after Ctrl-S or on a dead line. */
  stall(): void;
  resume(): void;
  resize(columns: number, rows: number): void;
  ended: Promise<{ status: number; signal: number | undefined }>;
}

export interface TerminalOptions {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
}

/** Runs a program in a real pseudo-terminal with a screen that can be looked at. */
export function openTerminal(
  program: string,
  args: string[],
  { columns = 100, rows = 30, env = {} }: TerminalOptions = {},
): TestTerminal {
  const screenOf = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const pty = spawn(program, args, {
    cols: columns,
    rows,
    cwd: root,
    env: plainEnvironment({ TERM: "xterm-256color", ...env }),
  });
  pty.onData((data) => screenOf.write(data));
  const ended = new Promise<{ status: number; signal: number | undefined }>((resolve) =>
    pty.onExit(({ exitCode, signal }) => resolve({ status: exitCode, signal })),
  );
  onTestFinished(() => {
    try {
      pty.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    screenOf.dispose();
  });

  function screen(): string {
    const { active } = screenOf.buffer;
    return Array.from(
      { length: screenOf.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    ).join("\n");
  }

  async function see(text: string | RegExp, patienceMs?: number): Promise<string> {
    const isThere = (): boolean => (typeof text === "string" ? screen().includes(text) : text.test(screen()));
    await until(`${String(text)} on the screen`, isThere, patienceMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${screen()}`, { cause: error });
    });
    return screen();
  }

  return {
    pid: pty.pid,
    screen,
    see,
    type: (keys) => pty.write(keys),
    stall: () => pty.pause(),
    resume: () => pty.resume(),
    resize: (newColumns, newRows) => (pty.resize(newColumns, newRows), screenOf.resize(newColumns, newRows)),
    ended,
  };
}
