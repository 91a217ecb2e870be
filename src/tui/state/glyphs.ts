export interface Glyphs {
  rule: string;
  marker: string;
  /** Beside a row that is marked. */
  mark: string;
  ellipsis: string;
  dot: string;
  caret: string;
  failed: string;
  sortedUp: string;
  sortedDown: string;
  /** Intervals from far too short to far too long; the fourth is on time. */
  levels: readonly string[];
}

const unicodeGlyphs: Glyphs = {
  rule: "─",
  marker: "▸",
  mark: "●",
  ellipsis: "…",
  dot: "·",
  caret: "▏",
  failed: "×",
  sortedUp: "↑",
  sortedDown: "↓",
  levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};
const asciiGlyphs: Glyphs = {
  rule: "-",
  marker: ">",
  mark: "*",
  ellipsis: "~",
  dot: "-",
  caret: "_",
  failed: "x",
  sortedUp: "^",
  sortedDown: "v",
  levels: ["_", "_", ".", "-", "=", "=", "^", "^"],
};

/** What the terminal's font surely has. */
export const glyphs = ({ unicode }: { unicode: boolean }): Glyphs => (unicode ? unicodeGlyphs : asciiGlyphs);
