export interface Size {
  columns: number;
  rows: number;
}

/** Below this the console says so in one line. */
export const smallest: Size = { columns: 60, rows: 15 };

export const isTooSmall = (size: Size): boolean => size.columns < smallest.columns || size.rows < smallest.rows;

export interface Layout {
  /** Rows of hosts and of alerts, without titles. */
  hosts: number;
  alerts: number;
  /** A line for the whole of what the selected row is about. */
  detail: boolean;
}

/** Header, two pane titles, two column headings, footer. */
const chromeRows = 6;

/** Both panes are always there and keep their sizes: a raised alert doesn't move the hosts. */
export function layout({ rows }: Size): Layout {
  const detail = rows >= 18;
  const left = Math.max(2, rows - chromeRows - (detail ? 1 : 0));
  const alerts = Math.max(3, Math.floor(left * 0.35));
  return { hosts: Math.max(1, left - alerts), alerts, detail };
}

/** Lines of help between its title and the footer. */
export const helpHeight = ({ rows }: Size): number => Math.max(1, rows - 3);
