import type { IBuffer, IBufferCell } from "@xterm/headless";

/** Where a terminal's sixteen colours are: dark, and readable on a page of either theme. */
const palette = (
  "#21262d #ff7b72 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #c9d1d9 " +
  "#6e7681 #ffa198 #7ee787 #f2cc60 #a5d6ff #e2c5ff #b3f0ff #f0f6fc"
).split(" ");
const ground = "#0d1117";
const ink = "#c9d1d9";
const fontPx = 14;
const cellPx = { width: 8.4, height: 18 };
const marginPx = 10;

interface Look {
  color: string;
  background: string | undefined;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  line: "underline" | "line-through" | undefined;
}

interface Run {
  column: number;
  /** In cells. */
  width: number;
  text: string;
  look: Look;
}

/** One of the 256 colours: sixteen, a cube of 6×6×6, and greys (https://en.wikipedia.org/wiki/ANSI_escape_code#8-bit). */
function indexed(index: number): string {
  const named = palette[index];
  if (named) return named;
  const cube = index - 16;
  const level = (part: number): number => (part === 0 ? 0 : 55 + 40 * part);
  const parts =
    index >= 232
      ? Array<number>(3).fill(8 + 10 * (index - 232))
      : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
  return hex(parts);
}

const hex = (parts: readonly number[]): string =>
  `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

function colour(cell: IBufferCell, side: "fg" | "bg"): string | undefined {
  const [isDefault, isRgb, value] =
    side === "fg"
      ? [cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()]
      : [cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()];
  if (isDefault) return undefined;
  return isRgb ? hex([value >> 16, (value >> 8) & 255, value & 255]) : indexed(value);
}

function lookOf(cell: IBufferCell): Look {
  const [front, back] = [colour(cell, "fg") ?? ink, colour(cell, "bg")];
  const isInverse = cell.isInverse() !== 0;
  return {
    color: isInverse ? (back ?? ground) : front,
    background: isInverse ? front : back,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    line: cell.isUnderline() ? "underline" : cell.isStrikethrough() ? "line-through" : undefined,
  };
}

/** The cells of a row that look alike and stand side by side. */
function runsOf(buffer: IBuffer, row: number, columns: number): Run[] {
  const line = buffer.getLine(buffer.viewportY + row);
  const runs: Run[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line?.getCell(column);
    // The right half of a wide character.
    if (!cell || cell.getWidth() === 0) continue;
    const [look, text] = [lookOf(cell), cell.getChars() || " "];
    const last = runs.at(-1);
    if (last && JSON.stringify(last.look) === JSON.stringify(look)) {
      last.text += text;
      last.width += cell.getWidth();
    } else runs.push({ column, width: cell.getWidth(), text, look });
  }
  return runs;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const px = (value: number): string => String(Math.round(value * 10) / 10);
const left = (column: number): string => px(marginPx + column * cellPx.width);
const top = (row: number): number => marginPx + row * cellPx.height;

const backgroundOf = ({ column, width, look }: Run, row: number): string =>
  look.background === undefined
    ? ""
    : `<rect x="${left(column)}" y="${px(top(row))}" width="${px(width * cellPx.width)}" height="${cellPx.height}" fill="${look.background}"/>`;

/** Each run at its own place and as wide as its cells, whatever font the reader has. */
function textOf({ column, width, text, look }: Run): string {
  // A line under nothing is seen.
  const shown = look.line ? text : text.trim();
  if (shown === "") return "";
  const before = look.line ? 0 : text.length - text.trimStart().length;
  const cells = width - (text.length - shown.length);
  const marks = [
    look.color === ink ? "" : ` fill="${look.color}"`,
    look.bold ? ' font-weight="bold"' : "",
    look.dim ? ' fill-opacity=".6"' : "",
    look.italic ? ' font-style="italic"' : "",
    look.line ? ` text-decoration="${look.line}"` : "",
  ].join("");
  return `<tspan x="${left(column + before)}" textLength="${px(cells * cellPx.width)}"${marks}>${escaped(shown)}</tspan>`;
}

/** What a terminal shows, as a picture with its colours: the same for the same screen. */
export function svgOf(buffer: IBuffer, { columns, rows }: { columns: number; rows: number }, title: string): string {
  const width = px(2 * marginPx + columns * cellPx.width);
  const height = px(2 * marginPx + rows * cellPx.height);
  const lines = Array.from({ length: rows }, (_, row) => {
    const runs = runsOf(buffer, row, columns);
    const spans = runs.map(textOf).join("");
    const text = spans && `<text y="${px(top(row) + fontPx)}">${spans}</text>`;
    return runs.map((run) => backgroundOf(run, row)).join("") + text;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="${ground}"/>`,
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${fontPx}" fill="${ink}" xml:space="preserve">`,
    ...lines.filter(Boolean),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
