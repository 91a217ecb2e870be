/** The only way the rest of Sentinel learns the time; tests hand in a fake. Instants are UTC epoch milliseconds. */
export interface Clock {
  now(): number;
  /** Milliseconds that never jump, for measuring spans. */
  monotonic(): number;
  /** Calls `run` once, `delayMs` from now; returns the way to cancel it. */
  after(delayMs: number, run: () => void): () => void;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const units: [string, number][] = [
  ["w", 7 * DAY],
  ["d", DAY],
  ["h", HOUR],
  ["m", MINUTE],
  ["s", SECOND],
  ["ms", 1],
];

/** Reads `90`, `90s`, `5m`, `1h30m`, `2d` (a bare number is seconds) as milliseconds; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * SECOND);
  if (!/^(\d+(\.\d+)?\s*(ms|[wdhms])\s*)+$/.test(trimmed)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[wdhms])/g)) {
    totalMs += Number(amount) * (units.find(([name]) => name === unit)?.[1] ?? 0);
  }
  return Math.round(totalMs);
}

/** Writes a span for people with its two largest units: `7m 12s`, `3d 4h`, `450ms`. */
export function formatDuration(spanMs: number): string {
  const span = Math.abs(Math.round(spanMs));
  if (span < SECOND) return `${span}ms`;
  let rest = span;
  const parts: string[] = [];
  for (const [name, size] of units.slice(1, 5)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return (spanMs < 0 ? "-" : "") + parts.join(" ");
}

/** Writes a span so that `parseDuration` reads the same again: `1h30m`, `2d`, `1s500ms`. */
export function writeDuration(spanMs: number): string {
  let rest = spanMs;
  const parts = units.slice(1).map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count}${name}` : "";
  });
  return parts.join("") || "0s";
}

/** How long ago something was, for people. */
export const sayAgo = (agoMs: number): string => (agoMs < SECOND ? "just now" : `${formatDuration(agoMs)} ago`);

/** An instant for people, to the second: `2026-12-24 18:00:00 UTC`. */
export const sayInstant = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
