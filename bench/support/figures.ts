/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = [...values].toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The value that a share `q` of the values doesn't exceed (nearest rank). */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Prints rows under their heads, numbers right-aligned. */
export function printTable(heads: string[], rows: string[][]): void {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [heads, ...rows])
    console.log(
      `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("   ")}`,
    );
}
