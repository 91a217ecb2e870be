import type { LogSeverity } from "../../../shared/words.ts";
import type { KeptLine } from "../../../shared/api/logs.ts";
import { glyphs } from "../glyphs.ts";
import type { Part, StyledLine, Tone } from "../part.ts";
import { findingOf } from "./findings.ts";
import { hitsIn, quoteIn, type Range } from "./pattern.ts";
import { type Row, rowAt } from "./rows.ts";
import { cursorRow, gutterOf, shownText, textColumns, topRow, type Viewer } from "./viewer.ts";
import { widthOfText, windowed, wrapped } from "./wrap.ts";

/** A letter for how grave a line says it is, and how loud that is. */
const grades: Record<LogSeverity, [letter: string, tone: Tone | undefined]> = {
  emerg: ["C", "bad"],
  alert: ["C", "bad"],
  crit: ["C", "bad"],
  err: ["E", "bad"],
  warning: ["W", "warn"],
  notice: ["I", undefined],
  info: ["I", undefined],
  debug: ["D", "dim"],
};

type Mark = Range & { tone: Tone };

/** A part of a text in its own tone, with what is marked in it; of two marks in one place the later counts. */
function marked(text: string, { from, to }: Range, tone: Tone | undefined, marks: readonly Mark[]): Part[] {
  const parts: Part[] = [];
  const edges = new Set([from, to]);
  for (const mark of marks) for (const edge of [mark.from, mark.to]) if (edge > from && edge < to) edges.add(edge);
  const sorted = [...edges].sort((a, b) => a - b);
  for (const [i, start] of sorted.entries()) {
    const end = sorted[i + 1];
    if (end === undefined || end === start) continue;
    const over = marks.findLast((mark) => mark.from <= start && mark.to >= end);
    parts.push({ text: text.slice(start, end), tone: over ? over.tone : tone });
  }
  return parts;
}

/** What stands out in a line: the passage that the chosen finding rests on, and what is searched for. */
function marksOf(viewer: Viewer, { text, line }: KeptLine, before: number): Mark[] {
  const finding = findingOf(viewer);
  const quote =
    finding?.quote !== undefined && finding.evidence.includes(line) ? quoteIn(text, finding.quote) : undefined;
  const quoted: Mark[] = quote ? [{ ...quote, tone: "underline" }] : [];
  const hits = viewer.search ? hitsIn(text, viewer.search).map((hit): Mark => ({ ...hit, tone: "invert" })) : [];
  return [...quoted, ...hits].map(({ from, to, tone }) => ({ from: from + before, to: to + before, tone }));
}

interface Look {
  unicode: boolean;
  isFocused: boolean;
}

/** The number of the last line that a row stands for: they are those up to the next row. */
function lastLineOf({ lines }: Viewer, { at, count }: Row, next = lines.length): number {
  return lines[count === 1 ? at : next - 1]?.line ?? 0;
}

/** The lines of the screen that a row takes, each exactly as wide as there is room. */
function drawRow(
  viewer: Viewer,
  row: Row,
  last: number,
  isCursor: boolean,
  { unicode, isFocused }: Look,
): StyledLine[] {
  const line = viewer.lines[row.at];
  if (!line) return [];
  const { marker, mark, failed } = glyphs({ unicode });
  const text = shownText(viewer, row, failed);
  const [letter, tone] = line.severity ? grades[line.severity] : [" ", undefined];
  const isCited = findingOf(viewer)?.evidence.some((cited) => cited >= line.line && cited <= last) ?? false;
  const [width, columns] = [gutterOf(viewer), textColumns(viewer)];
  const numberTone = isCursor && isFocused ? "invert" : isCited ? "accent" : "dim";
  const edge: StyledLine = [
    { text: `${isCursor ? marker : " "}${isCited ? mark : " "}`, tone: "accent" },
    { text: letter, tone },
    { text: String(line.line).padStart(width - 4), tone: numberTone },
    { text: " " },
  ];
  const marks = marksOf(viewer, line, text.length - line.text.length);
  const ranges = viewer.isWrapping ? wrapped(text, columns) : [windowed(text, viewer.left, columns)];
  return ranges.map((range, i) => {
    const gap = columns - widthOfText(text.slice(range.from, range.to));
    const before = i === 0 ? edge : [{ text: " ".repeat(width) }];
    return [...before, ...marked(text, range, tone, marks), { text: " ".repeat(Math.max(0, gap)) }];
  });
}

/** The lines in view: exactly as many as there is room for. */
export function drawLines(viewer: Viewer, look: Look): StyledLine[] {
  const { rows, room, skipped } = viewer;
  const [cursor, top] = [cursorRow(viewer), topRow(viewer)];
  const drawn: StyledLine[] = [];
  for (let at = top; at < rows.at.length && drawn.length < room.rows + skipped; at++) {
    const row = rowAt(rows, at);
    if (row) drawn.push(...drawRow(viewer, row, lastLineOf(viewer, row, rows.at[at + 1]), at === cursor, look));
  }
  const blank: StyledLine = [{ text: " ".repeat(room.columns) }];
  return Array.from({ length: room.rows }, (_, i) => drawn[i + skipped] ?? blank);
}
