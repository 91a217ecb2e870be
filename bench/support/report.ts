import { cpus, release, totalmem } from "node:os";
import { whole } from "./figures.ts";

/** One figure of a bench. */
export interface Row {
  name: string;
  /** What it should be, in words, where somebody has said so. */
  goal?: string;
  /** To its counterpart's figure in the same run. */
  ratio?: number;
  figure: number;
  unit: string;
}

/** What a bench measured, and in a sentence what is compared with what, and how often. */
export interface Measured {
  about: string;
  rows: Row[];
}

const short = (value: number): string => (Math.abs(value) < 100 ? value.toFixed(1) : whole(value));

const heads = ["", "ratio", "goal", "median", "unit"];

/** The rows as people read them, the ratio first: machines differ. */
function cellsOf({ name, goal = "–", ratio = Number.NaN, figure, unit }: Row): string[] {
  return [name, Number.isFinite(ratio) ? ratio.toFixed(2) : "–", goal, short(figure), unit];
}

/** On a terminal. */
export function printMeasured({ about, rows }: Measured): void {
  const cells = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  for (const row of cells) console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("   ")}`.trimEnd());
  console.log(`  ${about}`);
}

/** What it ran on: without that no figure says anything. */
export const machine = (): string =>
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}`;

/** The page of all benches, as Markdown. */
export function pageOf(measured: ReadonlyMap<string, Measured>, day: string): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  const parts = Array.from(measured, ([name, { about, rows }]) =>
    [
      `## ${name}`,
      `${about[0]?.toUpperCase()}${about.slice(1)}. Again: \`npm run bench -- ${name}\`.`,
      [line(heads), line(heads.map(() => "---")), ...rows.map((row) => line(cellsOf(row)))].join("\n"),
    ].join("\n\n"),
  );
  return `${[
    "# Benchmarks",
    "Written by `npm run bench`; `npm run bench -- NAME` measures one and only prints it. Take the ratios: each is to a counterpart that was measured in the same run, by turns. A goal is there where the project has one.",
    `${day}, ${machine()}.`,
    ...parts,
  ].join("\n\n")}\n`;
}
