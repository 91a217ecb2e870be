import { beforeAll, expect, test } from "vitest";
import type { Binding } from "../../src/tui/input/binding.ts";
import { keymap } from "../../src/tui/input/keymap.ts";
import { type ScreenId, screens } from "../../src/tui/state/screens.ts";
import { fleetOf, openConsole } from "../support/fleet-console.ts";
import { root } from "../support/processes.ts";
import { openTerminal, type TestTerminal } from "../support/terminal.ts";
import { alertRows } from "./keys/alerts.ts";
import { frameRows } from "./keys/frame.ts";
import { hostRows } from "./keys/hosts.ts";
import { logRows } from "./keys/logs.ts";
import { prepareFleet } from "./keys/fleet.ts";
import { bytesOf, type Row, type Rows, typed } from "./keys/row.ts";

const hosts = 10_000;
const size = { columns: 160, rows: 40 };
const MOST_FAULTS = 4;
const patienceMs = 8_000;

const rows: Rows = { ...frameRows, ...hostRows, ...alertRows, ...logRows };
/** What leaves the screen; each has a test of its own below. */
const leaving = ["app.quit", "app.interrupt", "app.suspend"];

beforeAll(async () => prepareFleet(await fleetOf(hosts)), 60_000);

test("every binding has a row here, and every row a binding", () => {
  expect(Object.keys(rows).concat(leaving).toSorted()).toEqual(keymap.map(({ id }) => id).toSorted());
});

/** An Escape and what follows at once would be something else. */
async function press(terminal: TestTerminal, keys: readonly (string | RegExp)[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    if (typeof key !== "string") {
      await terminal.see(key, patienceMs);
      continue;
    }
    terminal.type(bytesOf(key));
    if (key === "escape" && index < keys.length - 1) await terminal.quiet(80);
  }
}

/** How to get there; a detail is of the first that needs a person. */
const wayTo = (screen: ScreenId): readonly string[] => {
  const from = { host: ["2", "g"], alert: ["3", "g"] } as Partial<Record<ScreenId, readonly string[]>>;
  return [...(from[screen] ?? []), screens[screen].key];
};
const titleOf = (screen: ScreenId): string => (screen === "line" ? "Line" : (screens[screen].panes[0]?.title ?? ""));

/** The screen is there, and nothing is asked, told, marked or filtered. */
const isPlain = (screen: string, title: string): boolean =>
  /^─ .*/m.exec(screen)?.[0].startsWith(`─ ${title} `) === true &&
  !/^─ .* match "/m.test(screen) &&
  // Where a message is told the keys aren't.
  /\? help/.test(screen.split("\n").at(-1) ?? "") &&
  !/Esc c|n no |Enter ok/.test(screen.split("\n").at(-1) ?? "") &&
  !/^.●/m.test(screen);

/** Presses one of a binding's keys where its row says, and waits for what the row says is seen. */
async function tryKey(terminal: TestTerminal, keys: readonly string[], row: Row): Promise<void> {
  const { before = [], given, scrawl, next = [], sees, stays, after = [] } = row;
  if (row.size) terminal.resize(row.size.columns, row.size.rows);
  await press(terminal, before);
  if (given) await terminal.see(given, patienceMs);
  if (scrawl !== undefined) await terminal.scrawl(scrawl);
  const was = terminal.screen();
  const isSeen = (): boolean => (sees instanceof RegExp ? sees.test(terminal.screen()) : sees(terminal.screen(), was));
  if (isSeen()) throw new Error(`it was seen before the key\n${was}`);
  await press(terminal, keys.concat(next));
  await terminal.until(isSeen, patienceMs);
  await press(terminal, after);
  await terminal.quiet(80);
  await leave(terminal, row.on);
  if (row.size) terminal.resize(size.columns, size.rows);
  if (sees instanceof RegExp && after.length > 0 && !stays) await terminal.until(() => !isSeen(), patienceMs);
}

/** What an Esc can change. */
const standing = (screen: string): string =>
  `${screen.match(/^─ .*/gm)?.join("\n")}${screen.match(/^.●/gm)?.length}${screen.split("\n").at(-1)}`;

/** Esc, until nothing is asked, marked or filtered any more; what it asks is answered with yes. */
async function leave(terminal: TestTerminal, screen: ScreenId): Promise<void> {
  for (let tries = 0; !isPlain(terminal.screen(), titleOf(screen)); tries++) {
    if (tries === 8) throw new Error(`there is no way back from\n${terminal.screen()}`);
    const was = terminal.screen();
    terminal.type(/(Leave|Close) .*\(y\/n\)/.test(was) ? "y" : bytesOf("escape"));
    // One Esc more than needed would leave the screen.
    await terminal.until(() => standing(terminal.screen()) !== standing(was), patienceMs);
    await terminal.quiet(80);
  }
}

/** What only the palette offers is done by its name. */
const waysOf = ({ id, keys }: Binding): (readonly string[])[] =>
  keys.length > 0 ? keys.map((key) => [key]) : [[":", ...typed(id), "enter"]];

test.each([...new Set(Object.values(rows).map(({ on }) => on))])(
  "every key of what is tried on the screen %s does what it says",
  async (screen: ScreenId) => {
    const terminal = await openConsole({ hosts, ...size });
    await terminal.see(/live[^]*10,?000|9,?99\d/);
    await press(terminal, wayTo(screen));
    await terminal.until(() => isPlain(terminal.screen(), titleOf(screen)));
    const faults: string[] = [];
    for (const binding of keymap) {
      const row = rows[binding.id];
      if (row?.on !== screen || faults.length > MOST_FAULTS) continue;
      for (const keys of waysOf(binding)) {
        try {
          await tryKey(terminal, keys, row);
        } catch (error) {
          faults.push(`${binding.id} (${keys.join(" ")}): ${(error as Error).message}`);
          if (faults.length > MOST_FAULTS) break;
          await leave(terminal, screen).catch(() => press(terminal, wayTo(screen)));
        }
      }
    }
    expect(faults.join("\n\n")).toBe("");
  },
  180_000,
);

test.each(["q", "\u0003"])("%j ends the console", async (key) => {
  const terminal = await openConsole({ hosts, ...size });
  await terminal.see("live");
  terminal.type(key);
  expect(await terminal.ended).toMatchObject({ status: 0 });
});

test("^Z gives the shell back, and fg the console", async () => {
  const { folder } = await fleetOf(hosts);
  const shell = openTerminal("bash", ["--norc", "-i"], { ...size, env: { PS1: "$ " } });
  shell.type(`${process.execPath} ${root}/bin/sentinel-tui.cjs --data ${folder}\r`);
  await shell.see("live");
  shell.type("\u001a");
  await shell.see("Stopped");
  shell.type("fg\r");
  await shell.see(/sentinel +live/);
  shell.type("q");
  await shell.see(/^\$ ?$/m);
});
