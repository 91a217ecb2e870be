import xterm from "@xterm/headless";
import { renderToString } from "ink";
import { expect, test } from "vitest";
import { aConsole, anAlert, entity, hostIn } from "../../../tests/support/console-state.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { createFakeTerminal } from "../../../tests/support/fake-terminal.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import type { ConsoleState } from "../state/state.ts";
import { createStore } from "../state/store.ts";
import { App } from "./App.tsx";
import { mount } from "./mount.tsx";

const theme = { color: false };
const trimmed = (lines: string[]): string =>
  lines
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();

/** What a console that had just been started would show. */
function fresh(state: ConsoleState): string {
  const drawn = renderToString(<App state={state} theme={theme} />, { columns: state.size.columns });
  // eslint-disable-next-line no-control-regex
  return trimmed(drawn.replace(/\u001b\[[0-9;]*m/g, "").split("\n"));
}

test("after each of a hundred resizes the screen is what a fresh start would show", async () => {
  const terminal = createFakeTerminal(80, 24);
  const screen = new xterm.Terminal({ cols: 80, rows: 24, convertEol: true, allowProposedApi: true });
  const fleet = Array.from({ length: 40 }, (_, index) => hostIn(`host${String(index).padStart(2, "0")}`, "up")).flat();
  const store = createStore({
    initial: aConsole([...fleet, entity("alert", "a1", anAlert())]),
    clock: createFakeClock(),
  });
  const ending = new AbortController();
  const { stdin, stdout } = terminal;
  stdout.on("data", (data: Buffer) => screen.write(data));
  const over = mount({
    store,
    clock: createFakeClock(),
    theme: () => theme,
    stdin,
    stdout,
    newKey: () => "key",
    signal: ending.signal,
  });

  const shown = (): string => {
    const { active } = screen.buffer;
    return trimmed(
      Array.from(
        { length: screen.rows },
        (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
      ),
    );
  };
  const random = seededRandom(7);
  for (let turn = 0; turn < 100; turn++) {
    const columns = 40 + Math.floor(random() * 120);
    const rows = 8 + Math.floor(random() * 45);
    screen.resize(columns, rows);
    terminal.resize(columns, rows);
    const wanted = fresh(store.get());
    await expect
      .poll(shown, { message: `turn ${turn}: ${columns}x${rows}`, interval: 5, timeout: 15_000 })
      .toBe(wanted);
  }
  ending.abort();
  await over;
});
