import type { StyledLine, Tone } from "../state/part.ts";
import { measured } from "../state/cells.ts";

/** How the terminal shows what is loud: decided once, before the first frame. */
export interface Theme {
  color: boolean;
}

// Select Graphic Rendition, ECMA-48 8.3.117. Bold, dim and inverse aren't colours: they stay with NO_COLOR.
const colors: Record<Tone, string> = {
  good: "32",
  warn: "33",
  bad: "1;31",
  dim: "2",
  strong: "1",
  accent: "36",
  invert: "7",
};
const plain: Record<Tone, string> = { good: "", warn: "", bad: "1", dim: "2", strong: "1", accent: "1", invert: "7" };

export function paint(theme: Theme, tone: Tone | undefined, text: string): string {
  const code = tone && (theme.color ? colors : plain)[tone];
  return code && text ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** A line as it is sent to the terminal; its text is cleaned here, wherever it came from. */
export const paintLine = (theme: Theme, line: StyledLine): string =>
  line.map(({ text, tone }) => paint(theme, tone, measured(text).text)).join("");
