import type { Pane } from "./panes.ts";

export interface Size {
  columns: number;
  rows: number;
}

/** Below this the console says so in one line. */
export const smallest: Size = { columns: 60, rows: 15 };

export const isTooSmall = (size: Size): boolean => size.columns < smallest.columns || size.rows < smallest.rows;

/** Rows of each pane, without titles. */
export interface Layout extends Record<Pane, number> {
  /** Lines on how the internet line is, over its targets. */
  panel: number;
  /** A line for the whole of what the selected row is about. */
  detail: boolean;
}

/** Header, two pane titles, two column headings, footer. */
const chromeRows = 6;

/** Both panes of a screen are always there and keep their sizes: a raised alert doesn't move the hosts. */
export function layout({ rows }: Size): Layout {
  const detail = rows >= 18;
  const left = Math.max(2, rows - chromeRows - (detail ? 1 : 0));
  const alerts = Math.max(3, Math.floor(left * 0.35));
  const panel = rows < 20 ? 3 : 6;
  const targets = Math.min(12, Math.ceil((left - panel) / 2));
  return {
    hosts: Math.max(1, left - alerts),
    alerts,
    panel,
    targets: Math.max(1, targets),
    probes: Math.max(1, left - panel - targets),
    jobs: Math.ceil(left / 2),
    health: Math.floor(left / 2),
    detail,
  };
}

/** Lines of help between its title and the footer. */
export const helpHeight = ({ rows }: Size): number => Math.max(1, rows - 3);
