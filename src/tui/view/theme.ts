import type { Line } from "../../shared/model.ts";
import type { Tone } from "../state/state.ts";

/** What the terminal can show: decided once, before the first frame. */
export interface Theme {
  color: boolean;
  unicode: boolean;
}

// Select Graphic Rendition, ECMA-48 8.3.117. Bold, dim and inverse aren't colours: they stay with NO_COLOR.
const colors: Record<Tone, string> = { good: "32", warn: "33", bad: "1;31", dim: "2", strong: "1", accent: "36" };
const plain: Record<Tone, string> = { good: "", warn: "", bad: "1", dim: "2", strong: "1", accent: "1" };

export function paint(theme: Theme, tone: Tone | undefined, text: string): string {
  const code = tone && (theme.color ? colors : plain)[tone];
  return code && text ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** How loud each state of the internet line is. */
export const lineTones: Record<Line["state"], Tone> = {
  up: "good",
  unknown: "dim",
  gateway: "bad",
  lost: "bad",
  captive: "bad",
  dns: "bad",
  partial: "warn",
  slow: "warn",
};

export const invert = (text: string): string => `\u001b[7m${text}\u001b[0m`;

export interface Glyphs {
  rule: string;
  marker: string;
  ellipsis: string;
  dot: string;
  caret: string;
  failed: string;
  /** Intervals from far too short to far too long; the fourth is on time. */
  levels: readonly string[];
}

const unicodeGlyphs: Glyphs = {
  rule: "─",
  marker: "▸",
  ellipsis: "…",
  dot: "·",
  caret: "▏",
  failed: "×",
  levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};
const asciiGlyphs: Glyphs = {
  rule: "-",
  marker: ">",
  ellipsis: "~",
  dot: "-",
  caret: "_",
  failed: "x",
  levels: ["_", "_", ".", "-", "=", "=", "^", "^"],
};

export const glyphs = (theme: Theme): Glyphs => (theme.unicode ? unicodeGlyphs : asciiGlyphs);
