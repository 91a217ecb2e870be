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
  if (code === 0x1b) return "escape";
  if (code === 0x7f || code === 0x08) return "backspace";
  if (code < 0x20) return `ctrl+${String.fromCodePoint(code + 0x60)}`;
  return char;
}

/** A split sequence's halves come this close together; a person's Escape and `[` don't. */
const splitMs = 120;

/**
 * Turns Ink's events into single keys. A slow line breaks two rules that Ink counts on: keys typed apart arrive
 * together (`jjjj`, `j^F`), and an arrow's bytes arrive apart (Escape, then `[B`).
 */
export function createKeyReader(clock: Pick<Clock, "monotonic">): (input: string, flags: KeyFlags) => string[] {
  let escapedAt = -Infinity;
  /** What has come of a split sequence after its Escape. */
  let partial: string | undefined;

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

  function readText(text: string): string[] {
    const keys: string[] = [];
    const chars = [...text];
    const justEscaped =
      clock.monotonic() - escapedAt <= splitMs || (escapedAt !== -Infinity && /^[[O][0-9;]*[A-Za-z~]/.test(text));
    if (partial === undefined && justEscaped && (chars[0] === "[" || chars[0] === "O")) {
      partial = "";
    }
    for (const char of chars) {
      const key = partial === undefined ? nameOf(char) : resume(char);
      if (key !== undefined) keys.push(key);
    }
    escapedAt = -Infinity;
    return keys;
  }

  return (input, flags) => {
    if (flags.escape) {
      partial = undefined;
      escapedAt = clock.monotonic();
      return ["escape"];
    }
    if (flags.tab) return [flags.shift ? "shift+tab" : "tab"];
    const special = named.find(([flag]) => flags[flag]);
    if (special) {
      escapedAt = -Infinity;
      return [special[1]];
    }
    if (flags.ctrl && input.length === 1) return [`ctrl+${input}`];
    if (flags.meta && input) return ["escape", ...readText(input)];
    return readText(input);
  };
}
