import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { root, until } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";
import type { TerminalOptions, TestTerminal } from "../support/terminal.ts";

const launcher = path.join(root, "bin/sentinel-tui.cjs");
const folderOf = (name: string): string => mkdtempSync(path.join(os.tmpdir(), `sentinel-${name}-`));
const folder = folderOf("terminal");
const elsewhere = folderOf("elsewhere");
let daemon: DaemonProcess;
let other: DaemonProcess;

const addHost = (to: DaemonProcess, name: string) =>
  to.call("POST", "/api/v1/hosts", { name, expected_frequency_seconds: 3600 });
const beat = (to: DaemonProcess, name: string, status = "ok") =>
  to.call("POST", `/api/v1/heartbeat/${name}`, { status });

beforeAll(async () => {
  [daemon, other] = await Promise.all([startDaemon(folder), startDaemon(elsewhere)]);
  for (const name of ["alpha", "beta", "gamma"]) {
    await addHost(daemon, name);
    await beat(daemon, name);
  }
  await addHost(other, "zeta");
});
afterAll(async () => void (await Promise.all([daemon.stop(), other.stop()])));

const openConsole = (flags: string[] = [], env: TerminalOptions["env"] = {}): TestTerminal =>
  openTerminal(process.execPath, [launcher, "--data", folder, ...flags], { columns: 80, rows: 24, env });

const leftScreen = (output: string): boolean =>
  output.lastIndexOf("\u001b[?1049l") > output.lastIndexOf("\u001b[?1049h");

describe("the end", () => {
  test("each signal ends it with its status, the screen and the title given back", async () => {
    const signals = [
      ["SIGTERM", 143],
      ["SIGHUP", 129],
      ["SIGINT", 130],
    ] as const;
    await Promise.all(
      signals.map(async ([signal, status]) => {
        const terminal = openConsole();
        await terminal.see("live");
        process.kill(terminal.pid, signal);
        expect(await terminal.ended).toMatchObject({ status });
        expect(leftScreen(terminal.output())).toBe(true);
        expect(terminal.output()).toContain("\u001b[23;2t");
      }),
    );
  });

  test("Ctrl-Z gives the shell its terminal, and fg brings the console back as it was", async () => {
    const terminal = openTerminal("bash", ["--norc", "--noprofile"], {
      columns: 80,
      rows: 24,
      env: { PS1: "shell> " },
    });
    await terminal.see("shell>");
    terminal.type(`'${process.execPath}' ${launcher} --data ${folder}\r`);
    await terminal.see("live");
    terminal.type("2");
    await terminal.see("gamma");
    terminal.type("\u001a");
    await terminal.see(/Stopped[\s\S]*shell>/);
    expect(terminal.output()).toContain("\u001b[23;2t");
    terminal.type("echo $((40 + 2))\r");
    await terminal.see("42");
    terminal.type("fg\r");
    await terminal.see(/live[\s\S]*gamma/);
    terminal.resize(100, 30);
    await terminal.see(/gamma/);
    terminal.type("q");
    await terminal.see(/fg\n[\s\S]*\nshell>/);
  });
});

describe("what a terminal can do", () => {
  test("colours, glyphs and none of them", async () => {
    const consoles = {
      full: openConsole(["--theme", "dark", "--unicode"], { COLORTERM: "truecolor" }),
      indexed: openConsole(["--theme", "dark", "--ascii"]),
      few: openConsole([], { TERM: "xterm", SENTINEL_THEME: "light" }),
      none: openConsole(["--theme", "dark"], { NO_COLOR: "1" }),
    };
    await Promise.all(Object.values(consoles).map((terminal) => terminal.see(/live[\s\S]*3 up/)));
    const { full, indexed, few, none } = consoles;
    expect(full.output()).toContain("\u001b[38;2;126;231;135m");
    expect(full.screen()).toContain("─");
    expect(indexed.output()).toContain("\u001b[38;5;114m");
    expect(indexed.screen()).toMatch(/^[\x20-\x7e\n]*$/);
    expect(few.output()).toContain("\u001b[32m");
    expect(few.output()).not.toMatch(/\u001b\[[\d;]*[34]8;/);
    expect(none.output()).not.toMatch(/\u001b\[[\d;]*\b([349]\d|10\d)[;m]/);
    full.type(":theme light\r");
    await until("the other theme's colours", () => full.output().includes("\u001b[38;2;17;99;41m"));
  });

  test("a wrong theme is refused with those that there are", async () => {
    const terminal = openConsole(["--theme", "pink"]);
    await terminal.see(/--theme: "pink" is none of default, dark, light/);
    expect(await terminal.ended).toMatchObject({ status: 2 });
  });

  test("keys count in whatever pieces they arrive, and a split arrow isn't an Escape and two letters", async () => {
    const terminal = openConsole();
    await terminal.see("live");
    const typed = [..."2/bet\r", "\u001b[B", "\u001b[A"].join("");
    const cuts = [1, 3, 4, 7, 9];
    for (const [index, from] of [0, ...cuts].entries()) {
      terminal.type(typed.slice(from, cuts[index] ?? typed.length));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await terminal.see(/1 of 3 match "bet"/);
    expect(terminal.screen()).toContain("beta");
    expect(terminal.screen()).not.toContain("alpha");
    terminal.type("q");
    expect(await terminal.ended).toMatchObject({ status: 0 });
  });
});

test("a terminal that stops reading stops nothing, and shows how things stand once it reads again", async () => {
  const terminal = openConsole();
  await terminal.see(/live +3 up/);
  terminal.type("2");
  await terminal.see("gamma");
  terminal.stall();
  // Every change of the size is a full repaint: more than what a terminal holds for a reader.
  for (let turn = 0; turn < 60; turn++) {
    terminal.resize(80 + (turn % 2), 24);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await beat(daemon, "gamma", "fail");
  terminal.resume();
  await terminal.see(/gamma +DOWN/);
  await beat(daemon, "gamma");
  await terminal.see(/gamma +up/);
  terminal.type("q");
  expect(await terminal.ended).toMatchObject({ status: 0 });
});

test("the title shows the worst state; a new critical alert rings and shows a notice, once each", async () => {
  const terminal = openConsole(["--bell", "--notify", "osc9"], { TMUX: "/tmp/none,1,0" });
  await terminal.see("live");
  await until("the title", () => terminal.output().includes(`\u001b]2;ok - ${daemon.url} - Sentinel\u0007`));
  await beat(daemon, "gamma", "fail");
  await until("the notice", () => terminal.output().includes("\u001bPtmux;\u001b\u001b]9;CRITICAL gamma"));
  expect(terminal.output()).toContain(`\u001b]2;1 CRITICAL - ${daemon.url}`);
  await beat(daemon, "gamma", "fail");
  await beat(daemon, "gamma");
  await until(
    "the title again",
    () => terminal.output().lastIndexOf("]2;ok") > terminal.output().indexOf("]2;1 CRITICAL"),
  );
  expect(terminal.output().split("]9;CRITICAL").length - 1).toBe(1);
  // Each title and notice ends in one as well: a bell alone is between two other things.
  expect(terminal.output().match(/(?<!\u001b\][^\u0007\u001b]*)\u0007/g)).toHaveLength(1);
});

test("contexts: each daemon by its name, switched to from the palette, gone on with where it was left", async () => {
  const home = folderOf("home");
  const env = { XDG_CONFIG_HOME: home };
  const add = (name: string, { url, token }: DaemonProcess): string =>
    execFileSync(
      process.execPath,
      [path.join(root, "bin/sentinel.cjs"), "context", "add", name, "--url", url, "--token", token],
      {
        env: { ...process.env, ...env },
        encoding: "utf8",
      },
    );
  expect(add("near", daemon)).toContain("sentinel-tui --context near");
  add("far", other);

  const first = openConsole(["--context", "near"], env);
  await first.see(/live +3 up/);
  first.type("2/a\rj");
  await first.see(/3 of 3 match "a"/);
  first.type(":ctx far\r");
  await first.see(/ sentinel far +live +1 new/);
  await first.see("zeta");
  expect(first.screen()).not.toContain("alpha");
  first.type("2");
  first.type(":ctx near\r");
  await first.see(/match "a"/);
  await first.see(/[>▸] +beta/);
  first.type("q");
  expect(await first.ended).toMatchObject({ status: 0 });

  const again = openConsole(["--context", "near"], env);
  await again.see(/match "a"/);
  await again.see(/[>▸] +beta/);
  again.type("q");
  await again.ended;

  const file = path.join(home, "sentinel", "console.json");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 30));
  const damaged = openConsole(["--context", "near"], env);
  await damaged.see(/console\.json can't be used/);
  await damaged.see("live");
  expect(damaged.screen()).not.toContain("match");
}, 60_000);

test("a daemon that is back is current within 2.5 seconds, with nothing doubled", async () => {
  const terminal = openConsole(["--low-bandwidth"]);
  await terminal.see("live");
  terminal.type("2");
  await terminal.see("gamma");
  const { host } = new URL(daemon.url);
  await daemon.kill();
  // So long that it tries as seldom as it ever does.
  await terminal.see(/reconnecting \(([6-9]|\d\d)\), data \d+s old/, 30_000);
  daemon = await startDaemon(folder, host);
  const back = performance.now();
  await beat(daemon, "gamma", "fail");
  await terminal.see(/gamma +DOWN/);
  expect(performance.now() - back).toBeLessThan(2_500);
  await terminal.see("live");
  expect(terminal.screen().match(/^\W*gamma +DOWN/gm)).toHaveLength(1);
  await beat(daemon, "gamma");
}, 60_000);

const has = (program: string): boolean => spawnSync(program, ["-V"]).error === undefined;
if (!has("tmux")) console.warn("no tmux here (`apt-get install tmux`): the console isn't tested in it");
if (!has("screen")) console.warn("no screen here (`apt-get install screen`): the console isn't tested in it");

describe.runIf(has("tmux"))("in tmux", () => {
  function startTmux() {
    const socket = path.join(folderOf("tmux"), "socket");
    const tmux = (...args: string[]): string =>
      execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], {
        encoding: "utf8",
        env: { ...process.env, XDG_CONFIG_HOME: folderOf("home"), LANG: "C.UTF-8" },
      });
    onTestFinished(() => void tmux("kill-server"));
    tmux("new-session", "-d", "-x", "80", "-y", "24", `'${process.execPath}' ${launcher} --data ${folder}`);
    const shown = (): string => tmux("capture-pane", "-p");
    const see = async (text: RegExp): Promise<void> => void (await until(String(text), () => text.test(shown())));
    return { socket, tmux, shown, see };
  }

  test("keys arrive, and the pane's title is the worst state", async () => {
    const { tmux, see } = startTmux();
    await see(/live/);
    tmux("send-keys", "2", "/", "alp", "Enter");
    await see(/1 of 3 match "alp"/);
    tmux("send-keys", "Escape", "Down");
    await see(/[>▸] +beta/);
    expect(tmux("display-message", "-p", "#{pane_title}")).toContain("Sentinel");
  });

  test("another size is laid out anew, line for line", async () => {
    const { tmux, shown, see } = startTmux();
    await see(/live/);
    tmux("resize-window", "-x", "60", "-y", "15");
    await see(/^ sentinel .*\n(.*\n){13}.*help/);
    expect(shown().match(/ sentinel /g)).toHaveLength(1);
    tmux("resize-window", "-x", "59", "-y", "15");
    await see(/Sentinel needs 60x15/);
  });

  test("it goes on while detached, and is there when attached again", async () => {
    const { socket, see } = startTmux();
    await see(/live/);
    const attach = (): TestTerminal => openTerminal("tmux", ["-S", socket, "attach"], { columns: 80, rows: 24 });
    const first = attach();
    await first.see("live");
    first.type("\u0002d");
    await first.ended;
    await addHost(daemon, "delta");
    const second = attach();
    await second.see(/1 new/);
    second.type("\u0002d");
    await second.ended;
  });
});

test.runIf(has("screen"))("in GNU screen keys arrive and the screen is whole", async () => {
  const terminal = openTerminal("screen", ["-c", "/dev/null", process.execPath, launcher, "--data", folder], {
    columns: 80,
    rows: 24,
    env: { SCREENDIR: folderOf("screen") },
  });
  await terminal.see("live");
  terminal.type("2");
  await terminal.see(/alpha[\s\S]*beta[\s\S]*help/);
  terminal.type("q");
  await terminal.ended;
});
