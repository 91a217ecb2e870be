import { cleanText } from "../../shared/text.ts";

/** One line of text with a caret, counted in code points. */
export interface Line {
  text: string;
  caret: number;
}

export type Edit =
  | { kind: "insert"; text: string }
  | { kind: "backspace" }
  | { kind: "delete" }
  | { kind: "word" }
  | { kind: "clear" }
  | { kind: "caret"; by: number };

export const emptyLine: Line = { text: "", caret: 0 };

/** As long as the longest text that is written here may be: a host's notes. */
const longest = 2_000;

/** What a key does to the line; pasted line ends become spaces, so a paste never sends. */
export function edit(line: Line, change: Edit): Line {
  const points = [...line.text];
  const before = points.slice(0, line.caret);
  const after = points.slice(line.caret);
  const made = (left: string[], right: string[]): Line => ({ text: [...left, ...right].join(""), caret: left.length });
  switch (change.kind) {
    case "insert":
      return made([...before, ...cleanText(change.text).slice(0, Math.max(0, longest - line.text.length))], after);
    case "backspace":
      return made(before.slice(0, -1), after);
    case "delete":
      return made(before, after.slice(1));
    case "word":
      return made([...before.join("").replace(/\S+\s*$|\s+$/u, "")], after);
    case "clear":
      return made([], after);
    case "caret":
      return { text: line.text, caret: Math.max(0, Math.min(points.length, line.caret + change.by)) };
  }
}
