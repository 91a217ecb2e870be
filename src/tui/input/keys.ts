import type { Clock } from "../../shared/time.ts";

/** What Ink tells of one input event, as far as it is needed here. */
export interface KeyFlags {
  upArrow?: boolean;
  downArrow?: boolean;
  leftArrow?: boolean;
  rightArrow?: boolean;
  pageUp?: boolean;
  pageDown?: boolean;
  home?: boolean;
  end?: boolean;
  return?: boolean;
  escape?: boolean;
  tab?: boolean;
  shift?: boolean;
  ctrl?: boolean;
  meta?: boolean;
  backspace?: boolean;
  delete?: boolean;
}

const named: [keyof KeyFlags, string][] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["backspace", "backspace"],
  ["delete", "delete"],
];
const finals: Record<string, string> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "shift+tab",
};
const tildes: Record<string, string> = {
  "1": "home",
  "3": "delete",
  "4": "end",
  "5": "pageup",
  "6": "pagedown",
  "7": "home",
  "8": "end",
};

/** A control byte in the middle of what came at once. */
function nameOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (char === "\r" || char === "\n") return "enter";
  if (char === "\t") return "tab";
  if (char === " ") return "space";
  if (code === 0x1b) return "escape";
  if (code === 0x7f || code === 0x08) return "backspace";
  if (code === 0x1c) return "ctrl+\\";
  if (code < 0x20) return `ctrl+${String.fromCodePoint(code + 0x60)}`;
  return char;
}

/** A split sequence's halves come this close together; a person's Escape and `[` don't. */
const splitMs = 120;

/** How long an Escape waits for what may come after it: it goes back, which an arrow mustn't. */
const heldMs = 50;

/**
 * Turns Ink's events into single keys. A slow line breaks two rules that Ink counts on: keys typed apart arrive
 * together (`jjjj`, `j^F`), and an arrow's bytes arrive apart (Escape, then `[B`).
 */
export function createKeyReader(
  clock: Pick<Clock, "monotonic" | "after">,
  press: (key: string) => void,
): (input: string, flags: KeyFlags) => void {
  let escapedAt = -Infinity;
  /** What has come of a split sequence after its Escape. */
  let partial: string | undefined;
  let cancelEscape: (() => void) | undefined;

  /** The Escape that waits was one. */
  function release(): void {
    if (!cancelEscape) return;
    cancelEscape();
    cancelEscape = undefined;
    press("escape");
  }

  function hold(): void {
    release();
    partial = undefined;
    escapedAt = clock.monotonic();
    cancelEscape = clock.after(heldMs, release);
  }

  function resume(char: string): string | undefined {
    partial += char;
    const final = /^[[O]([0-9;]*)([A-Za-z~])$/.exec(partial ?? "");
    if (final) {
      partial = undefined;
      return final[2] === "~" ? tildes[final[1] ?? ""] : finals[final[2] ?? ""];
    }
    if (!/^[[O][0-9;]*$/.test(partial ?? "")) partial = undefined;
    return undefined;
  }

  function readText(text: string): void {
    const chars = [...text];
    const isSplit =
      clock.monotonic() - escapedAt <= splitMs || (escapedAt !== -Infinity && /^[[O][0-9;]*[A-Za-z~]/.test(text));
    if (partial === undefined && isSplit && (chars[0] === "[" || chars[0] === "O")) {
      partial = "";
      cancelEscape?.();
      cancelEscape = undefined;
    }
    release();
    escapedAt = -Infinity;
    for (const char of chars) {
      const key = partial === undefined ? nameOf(char) : resume(char);
      if (key !== undefined) press(key);
    }
  }

  return (input, flags) => {
    if (flags.escape) return hold();
    const special = flags.tab ? (flags.shift ? "shift+tab" : "tab") : named.find(([flag]) => flags[flag])?.[1];
    const key = special ?? (flags.ctrl && input.length === 1 ? `ctrl+${input}` : undefined);
    if (key !== undefined) {
      release();
      escapedAt = -Infinity;
      // Escape and an arrow that arrive together are read as Alt and the arrow.
      if (flags.meta) press("escape");
      return press(key);
    }
    if (flags.meta && input) {
      release();
      press("escape");
    }
    readText(input);
  };
}
