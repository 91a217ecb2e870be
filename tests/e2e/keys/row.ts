import { keymap } from "../../../src/tui/input/keymap.ts";
import type { ScreenId } from "../../../src/tui/state/screens.ts";

/** How a binding is tried: where, after what, and what is then on the screen that wasn't before. */
export interface Row {
  on: ScreenId;
  /** Of the terminal, if it matters. */
  size?: { columns: number; rows: number };
  /** Keys that lead to where the binding means something, with what is waited for on the way; and what is seen there. */
  before?: readonly (string | RegExp)[];
  given?: RegExp;
  /** What another program then writes over the screen. */
  scrawl?: string;
  /** What is pressed after it, where itself shows nothing. */
  next?: readonly string[];
  sees: RegExp | ((now: string, before: string) => boolean);
  /** What is seen stays so. */
  stays?: true;
  /** Keys that take it back, where Escape doesn't; and what is waited for before. */
  after?: readonly (string | RegExp)[];
}

export type Rows = Readonly<Record<string, Row>>;

/** What a terminal sends for a key. */
const sent: Readonly<Record<string, string>> = {
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  home: "\u001b[H",
  end: "\u001b[F",
  pageup: "\u001b[5~",
  pagedown: "\u001b[6~",
  delete: "\u001b[3~",
  backspace: "\u007f",
  escape: "\u001b",
  enter: "\r",
  space: " ",
  tab: "\t",
  "shift+tab": "\u001b[Z",
  "ctrl+\\": "\u001c",
};

export const bytesOf = (key: string): string =>
  sent[key] ?? (/^ctrl\+[a-z]$/.test(key) ? String.fromCodePoint((key.codePointAt(5) ?? 0) - 0x60) : key);

/** Each letter a key. */
export const typed = (text: string): string[] => [...text];

/** The cursor is on the row of that name; a row may be marked. */
export const on = (name: string): RegExp => new RegExp(`▸[● ].*?(?<![\\w-])${name}\\b`);

/** Any other row than before has the cursor. */
export const moved = (now: string, before: string): boolean => cursors(now) !== "" && cursors(now) !== cursors(before);

const cursors = (screen: string): string =>
  screen
    .split("\n")
    .filter((line) => /^ ?▸/.test(line))
    .join("\n");

/** What the foot of the screen says: the line above the last one tells of the selected row. */
export const footed = (text: RegExp) => (now: string) => text.test(now.split("\n").slice(-2).join("\n"));

export const gone = (text: RegExp) => (now: string, before: string) => text.test(before) && !text.test(now);

/** The lines at the foot say something else than before. */
export const answered = (now: string, before: string): boolean => foot(now) !== foot(before);

const foot = (screen: string): string => screen.split("\n").slice(-3).join("\n");

/** What a binding is pressed with. */
export const keyOf = (id: string): string => keymap.find((binding) => binding.id === id)?.keys[0] ?? "";
