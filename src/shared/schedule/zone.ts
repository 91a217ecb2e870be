import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { DAY, HOUR } from "../time.ts";
import { boundedCache } from "./bounded-cache.ts";
import { LAST_INSTANT } from "./wall-time.ts";

const YEAR = 366 * DAY;
/** No zone is or was further from UTC than this. */
const MAX_OFFSET = 26 * HOUR;

/** A stretch of time between two changes of a zone's clock. */
export interface OffsetPeriod {
  /** The first instant in it, and the first after it (infinite if the clock never changes again). */
  readonly from: number;
  readonly to: number;
  /** What to add to an instant to get the wall time. */
  readonly offsetMs: number;
  /** The latest wall time shown before it began: more than `from` shows if the clock was put back. */
  readonly shownBefore: number;
}

/** The clock of one place: all that Sentinel knows about zones (IANA Time Zone Database, as the runtime has it). */
export interface Zone {
  periodAt(instant: number): OffsetPeriod;
  wallAt(instant: number): number;
  /** The latest wall time shown so far: it stands still while the clock repeats an hour. */
  reachedAt(instant: number): number;
  /** The first instant at which the clock shows this wall time or, if it skips it, a later one. */
  firstInstantAt(wall: number): number;
  /** False for a date that the zone left out, such as 2011-12-30 in Pacific/Apia. */
  hasDay(day: number): boolean;
}

const zonedAt = (instant: number, name: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name);

/** Whether this runtime knows the zone. Bare offsets aren't zones: they don't know when the clock changes. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false;
  try {
    return zonedAt(0, name).timeZoneId.toLowerCase() === name.toLowerCase();
  } catch {
    return false;
  }
}

/** The name of a zone in the IANA Time Zone Database. */
export const zoneSchema = z.string().max(64).refine(isZone, {
  error: 'use the name of a time zone, such as "Europe/Berlin", "America/New_York" or "UTC"',
});

/** The clock of a zone that `zoneSchema` has let through; made once a zone. */
export const zoneOf: (name: string) => Zone = boundedCache(1_000, createZone);

function createZone(name: string): Zone {
  const periodAt = periodFinder(name);
  const firstInstantAt = (wall: number) => {
    let period = periodAt(wall - MAX_OFFSET);
    while (period.to + period.offsetMs <= wall) period = periodAt(period.to);
    return Math.max(period.from, wall - period.offsetMs);
  };
  const wallAt = (instant: number) => instant + periodAt(instant).offsetMs;
  return {
    periodAt,
    firstInstantAt,
    wallAt,
    reachedAt: (instant) => {
      const period = periodAt(instant);
      return Math.max(instant + period.offsetMs, period.shownBefore);
    },
    hasDay: (day) => wallAt(firstInstantAt(day * DAY)) < (day + 1) * DAY,
  };
}

/** Looks changes of the clock up as they are needed and keeps those of about twenty years. */
function periodFinder(name: string): (instant: number) => OffsetPeriod {
  let first: LinkedPeriod | undefined;
  let current: OffsetPeriod | undefined;
  const search = (instant: number) => {
    if (!first || instant < first.from || instant > first.from + 20 * YEAR)
      first = periodAround(name, instant - 2 * YEAR);
    let period = first;
    while (instant >= period.to) period = period.next ??= periodAfter(name, period);
    return period;
  };
  return (instant) => {
    const at = Math.min(instant, LAST_INSTANT);
    if (!current || at < current.from || at >= current.to) current = search(at);
    return current;
  };
}

interface LinkedPeriod extends OffsetPeriod {
  next?: LinkedPeriod;
}

const offsetOf = (zoned: Temporal.ZonedDateTime) => Math.round(zoned.offsetNanoseconds / 1e6);

function nextChange(zoned: Temporal.ZonedDateTime): number {
  const next = zoned.getTimeZoneTransition("next")?.epochMilliseconds ?? Infinity;
  return next < LAST_INSTANT ? next : Infinity;
}

function periodAround(name: string, instant: number): LinkedPeriod {
  const zoned = zonedAt(instant, name);
  const change = zonedAt(instant + 1, name).getTimeZoneTransition("previous");
  const from = change?.epochMilliseconds ?? -Infinity;
  const shownBefore = change ? from - 1 + offsetOf(zonedAt(from - 1, name)) : -Infinity;
  return { from, to: nextChange(zoned), offsetMs: offsetOf(zoned), shownBefore };
}

function periodAfter(name: string, before: OffsetPeriod): LinkedPeriod {
  const zoned = zonedAt(before.to, name);
  const shownBefore = before.to - 1 + before.offsetMs;
  return { from: before.to, to: nextChange(zoned), offsetMs: offsetOf(zoned), shownBefore };
}
