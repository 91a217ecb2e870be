import { DAY, MINUTE } from "../time.ts";

// A second opinion for the tests, made another way: it walks through every minute with Intl.DateTimeFormat as the only
// source of wall time, and shares nothing with what it checks but the length of a day.

const DAY_MINUTES = 1_440;

/** Every minute of a stretch of time in one zone. Wall time is in minutes since 1970-01-01 00:00 by the zone's clock. */
export interface Walk {
  readonly zone: string;
  readonly start: number;
  readonly wall: Int32Array;
  /** The latest wall time shown up to each minute. */
  readonly reached: Int32Array;
  /** The dates that the clock has shown. */
  readonly days: ReadonlySet<number>;
}

function wallReader(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (instant) => {
    const numbers = Array.from(format.format(instant).matchAll(/\d+/g), Number);
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = numbers;
    return Date.UTC(year, month - 1, day, hour, minute) / MINUTE;
  };
}

/** Walks minute by minute. An hour whose ends are an hour of wall time apart has no change of the clock inside. */
export function walk(zone: string, start: number, end: number): Walk {
  const wallAt = wallReader(zone);
  const count = (end - start) / MINUTE;
  const wall = new Int32Array(count);
  for (let hour = 0; hour < count; hour += 60) {
    const first = wallAt(start + hour * MINUTE);
    const even = wallAt(start + (hour + 59) * MINUTE) === first + 59;
    for (let minute = 0; minute < 60; minute++) {
      wall[hour + minute] = even ? first + minute : wallAt(start + (hour + minute) * MINUTE);
    }
  }
  let latest = -Infinity;
  const reached = wall.map((minute) => (latest = Math.max(latest, minute)));
  return { zone, start, wall, reached, days: new Set(wall.map((minute) => Math.floor(minute / DAY_MINUTES))) };
}

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const isoDate = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);
const isoWeekday = (day: number) => new Date(day * DAY).getUTCDay() || 7;

interface Range {
  readonly days: readonly number[];
  readonly start: string;
  readonly end: string;
}

/** For each minute of the walk, whether any of the ranges is open. */
export function openMinutes(
  { reached, days }: Walk,
  ranges: readonly Range[],
  holidays: readonly { readonly date: string }[],
): Uint8Array {
  const off = new Set(holidays.map(({ date }) => date));
  /** What begins on a day, in minutes of wall time. */
  const begunOn = (day: number) => {
    const date = isoDate(day);
    if (!days.has(day) || off.has(date) || off.has(date.slice(5))) return [];
    const today = ranges.filter((range) => range.days.includes(isoWeekday(day)));
    return today.map(({ start, end }) => {
      const overnight = end > start ? 0 : DAY_MINUTES;
      return { from: day * DAY_MINUTES + minutesOf(start), to: day * DAY_MINUTES + minutesOf(end) + overnight };
    });
  };
  let day = NaN;
  let begun: { from: number; to: number }[] = [];
  return Uint8Array.from(reached, (minute) => {
    const today = Math.floor(minute / DAY_MINUTES);
    if (today !== day) begun = [...begunOn(today - 1), ...begunOn(today)];
    day = today;
    return begun.some(({ from, to }) => from <= minute && minute < to) ? 1 : 0;
  });
}

/** The instants at which a series changes its value, with the value from then on. */
export function edges({ start }: Walk, open: Uint8Array): { at: number; open: boolean }[] {
  const found: { at: number; open: boolean }[] = [];
  for (let i = 1; i < open.length; i++) {
    if (open[i] !== open[i - 1]) found.push({ at: start + i * MINUTE, open: open[i] === 1 });
  }
  return found;
}

/** Hours, minutes and (Sunday is 0) weekdays of a simple expression. */
export interface Times {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly weekdays: readonly number[];
}

const matches = ({ hours, minutes, weekdays }: Times, wall: number): boolean =>
  minutes.includes(wall % 60) &&
  hours.includes(Math.floor(wall / 60) % 24) &&
  weekdays.includes(new Date(wall * MINUTE).getUTCDay());

/** Every minute that shows a matching time. */
export function shown({ start, wall }: Walk, times: Times): number[] {
  const found: number[] = [];
  wall.forEach((minute, i) => matches(times, minute) && found.push(start + i * MINUTE));
  return found;
}

/** Every minute in which the clock first gets to a matching time or, with `catchUp`, past some that it skips. */
export function reachedFirst({ start, reached }: Walk, times: Times, catchUp: boolean): number[] {
  const found: number[] = [];
  let before = Infinity;
  reached.forEach((now, i) => {
    const skipped = now - before - 1;
    let wall = catchUp && skipped <= 180 ? before + 1 : now;
    while (wall <= now && !matches(times, wall)) wall++;
    if (now > before && wall <= now) found.push(start + i * MINUTE);
    before = now;
  });
  return found;
}
