import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import type { IBuffer } from "@xterm/headless";
import { onTestFinished } from "vitest";
import { plainEnvironment, root, until } from "./processes.ts";

export interface TestTerminal {
  pid: number;
  /** What a person would see just now. */
  screen(): string;
  /** What was put into its clipboard last (OSC 52). */
  clipboard(): string | undefined;
  /** All that the program has written so far. */
  output(): string;
  see(text: string | RegExp, patienceMs?: number): Promise<string>;
  type(keys: string): void;
  /** Something else writes over its second line. */
  scrawl(text: string): Promise<void>;
  /** From here on nobody reads what the program writes, as after Ctrl-S or on a dead line. */
  stall(): void;
  resume(): void;
  resize(columns: number, rows: number): void;
  ended: Promise<{ status: number; signal: number | undefined }>;
  /** Until it is so of what is seen. */
  until(isSo: () => boolean, patienceMs?: number): Promise<void>;
  /** What the terminal holds, cell by cell, once nothing more has come for so long. */
  quiet(forMs: number): Promise<IBuffer>;
  /** Called with what the program writes, as it comes. */
  onData(listener: (data: string) => void): void;
  /** Ends the program at once. */
  close(): void;
}

export interface TerminalOptions {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
}

/** Runs a program in a real pseudo-terminal with a screen that can be looked at, until the test is over. */
export function openTerminal(program: string, args: string[], options?: TerminalOptions): TestTerminal {
  const terminal = startTerminal(program, args, options);
  onTestFinished(terminal.close);
  return terminal;
}

/** The same for whoever closes it. */
export function startTerminal(
  program: string,
  args: string[],
  { columns = 100, rows = 30, env = {} }: TerminalOptions = {},
): TestTerminal {
  const home = mkdtempSync(path.join(os.tmpdir(), "sentinel-home-"));
  const screenOf = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const pty = spawn(program, args, {
    cols: columns,
    rows,
    cwd: root,
    // What one console keeps no other goes on with, unless a test wants that.
    env: plainEnvironment({
      TERM: "xterm-256color",
      XDG_CONFIG_HOME: home,
      ...env,
    }),
  });
  let output = "";
  let writtenAt = 0;
  pty.onData((data) => {
    writtenAt = performance.now();
    output += data;
    screenOf.write(data);
  });
  let clipboard: string | undefined;
  screenOf.parser.registerOscHandler(52, (data) => {
    clipboard = Buffer.from(data.split(";")[1] ?? "", "base64").toString();
    return true;
  });
  const ended = new Promise<{ status: number; signal: number | undefined }>((resolve) =>
    pty.onExit(({ exitCode, signal }) => resolve({ status: exitCode, signal })),
  );

  function close(): void {
    try {
      pty.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    screenOf.dispose();
    rmSync(home, { recursive: true, force: true });
  }

  function screen(): string {
    const { active } = screenOf.buffer;
    return Array.from(
      { length: screenOf.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    ).join("\n");
  }

  async function untilSo(
    isSo: () => boolean,
    patienceMs?: number,
    what = "what should be on the screen",
  ): Promise<void> {
    await until(what, isSo, patienceMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${screen()}`, { cause: error });
    });
  }

  async function see(text: string | RegExp, patienceMs?: number): Promise<string> {
    const isThere = (): boolean => (typeof text === "string" ? screen().includes(text) : text.test(screen()));
    await untilSo(isThere, patienceMs, `${String(text)} on the screen`);
    return screen();
  }

  async function quiet(forMs: number): Promise<IBuffer> {
    const asked = performance.now();
    await until("a screen that stays", () => performance.now() > Math.max(asked, writtenAt) + forMs);
    return screenOf.buffer.active;
  }

  return {
    pid: pty.pid,
    screen,
    clipboard: () => clipboard,
    output: () => output,
    see,
    type: (keys) => pty.write(keys),
    scrawl: (text) => new Promise((resolve) => screenOf.write(`\u001b7\u001b[2;1H${text}\u001b8`, resolve)),
    stall: () => pty.pause(),
    resume: () => pty.resume(),
    resize: (newColumns, newRows) => (pty.resize(newColumns, newRows), screenOf.resize(newColumns, newRows)),
    ended,
    until: untilSo,
    quiet,
    onData: (listener) => void pty.onData(listener),
    close,
  };
}
