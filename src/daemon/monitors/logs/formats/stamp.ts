import { epochOf, isWeekdayAt, monthAt, zoneHours } from "./calendar.ts";
import type { Parts } from "./calendar.ts";
import { digitsEnd, isDigit, isLetter, numberAt, SPACE, spacesEnd } from "./scan.ts";

/** Reads times in the spellings that logs have. */
export interface Stamps {
  /** Where the time that begins at `from` ends, or -1; `at` is that time then. */
  read(text: string, from: number): number;
  /** The time last read, epoch ms; undefined for a time of day alone, and for a day that doesn't exist. */
  at: number | undefined;
  /** Whether the last one says more than a time of day. */
  dated: boolean;
}

const DASH = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const COMMA = 44;

/** Two digits mean 1969 to 2068, as in POSIX strptime. */
const fullYear = (year: number): number => (year >= 100 ? year : year < 69 ? 2000 + year : 1900 + year);

/** A time while it is read, and the one last read. */
interface Time extends Parts, Stamps {
  now: number;
}

/** `now`, in epoch ms, tells the year where a time names none. */
export function createStamps(now: number): Stamps {
  const none = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, ms: 0, offsetMin: 0 };
  const time: Time = { ...none, now, at: undefined, dated: true, read: (text, from) => read(time, text, from) };
  return time;
}

function setDate(time: Time, year: number, month: number, day: number): void {
  time.year = year;
  time.month = month;
  time.day = day;
}

/** `.123`, `,123456`; and behind a colon the milliseconds as a number, up to three digits. */
function fractionEnd(time: Time, text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (code !== DOT && code !== COMMA && code !== COLON) return from;
  const end = digitsEnd(text, from + 1);
  const count = end - from - 1;
  if (count < 1 || count > (code === COLON ? 3 : 9)) return from;
  time.ms = Math.floor(numberAt(text, from + 1, end) * (code === COLON ? 1 : 10 ** (3 - count)));
  return end;
}

function halfDayEnd(time: Time, text: string, from: number): number {
  const at = spacesEnd(text, from);
  const mark = text.charCodeAt(at) | 32;
  if ((mark !== 97 && mark !== 112) || (text.charCodeAt(at + 1) | 32) !== 109 || isLetter(text.charCodeAt(at + 2)))
    return from;
  time.hour = (time.hour % 12) + (mark === 112 ? 12 : 0);
  return at + 2;
}

/** `Z`, `+0100`, ` +01:00`, `+01`, ` CEST`. */
function zoneEnd(time: Time, text: string, from: number): number {
  let at = from;
  if (text.charCodeAt(at) === SPACE) at += 1;
  const code = text.charCodeAt(at);
  if (code === 43 || code === DASH) {
    const end = digitsEnd(text, at + 1);
    const count = end - at - 1;
    const hours = numberAt(text, at + 1, at + 3);
    let [minutes, last] = [0, end];
    if (count === 4) minutes = numberAt(text, at + 3, at + 5);
    else if (count === 2 && text.charCodeAt(end) === COLON && numberAt(text, end + 1, end + 3) >= 0) {
      minutes = numberAt(text, end + 1, end + 3);
      last = end + 3;
    } else if (count !== 2 || at !== from) return from;
    time.offsetMin = (hours * 60 + minutes) * (code === 43 ? 1 : -1);
    return last;
  }
  if (!isLetter(code)) return from;
  let end = at + 1;
  while (end - at < 5 && isLetter(text.charCodeAt(end))) end += 1;
  const hours = zoneHours.get(text.slice(at, end));
  if (hours === undefined || (code === 90 && at !== from)) return from;
  time.offsetMin = hours * 60;
  return end;
}

/** Where one or two digits end; -1 if there are none, or more. */
function partEnd(text: string, from: number): number {
  const end = digitsEnd(text, from);
  return end > from && end - from <= 2 ? end : -1;
}

/** A time of day and what may stand behind it; -1 if there is none. `between` is what its parts have between them. */
function timeEnd(time: Time, text: string, from: number, between = COLON): number {
  const hourEnd = digitsEnd(text, from);
  if (hourEnd - from < 1 || hourEnd - from > 2 || text.charCodeAt(hourEnd) !== between) return -1;
  let end = partEnd(text, hourEnd + 1);
  if (end === -1) return -1;
  time.hour = numberAt(text, from, hourEnd);
  time.minute = numberAt(text, hourEnd + 1, end);
  time.second = 0;
  time.ms = 0;
  time.offsetMin = 0;
  if (text.charCodeAt(end) === between) {
    const secondEnd = partEnd(text, end + 1);
    if (secondEnd === -1) return -1;
    time.second = numberAt(text, end + 1, secondEnd);
    end = fractionEnd(time, text, secondEnd);
  } else if (end - hourEnd !== 3) return -1;
  if (isDigit(text.charCodeAt(end))) return -1;
  return zoneEnd(time, text, halfDayEnd(time, text, end));
}

function finish(time: Time, end: number): number {
  if (end === -1) return -1;
  time.at = epochOf(time, time.now);
  time.dated = true;
  return end;
}

/** The time of day that stands behind a date that ends at `from`: after `T`, a space, `_`, `-`, `:` or `, `. */
function clockEnd(time: Time, text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (code === 84 || code === 116 || code === 95 || code === COLON) return timeEnd(time, text, from + 1);
  if (code === DASH) {
    const dotted = timeEnd(time, text, from + 1, DOT);
    return dotted === -1 ? timeEnd(time, text, from + 1) : dotted;
  }
  const at = code === COMMA ? from + 1 : from;
  if (text.charCodeAt(at) !== SPACE) return -1;
  const next = spacesEnd(text, at);
  // Gin writes ` - ` between them.
  return timeEnd(time, text, text.startsWith("- ", next) ? next + 2 : next);
}

/** `2024-05-06`, with `/` and `.` too, and a time; or ` May  6` as routers write it. */
function fromYear(time: Time, text: string, from: number): number {
  const year = numberAt(text, from, from + 4);
  const between = text.charCodeAt(from + 4);
  if (between === SPACE) {
    const end = fromMonthName(time, text, from + 5, year);
    return end;
  }
  if (between !== DASH && between !== SLASH && between !== DOT) return -1;
  const monthEnd = digitsEnd(text, from + 5);
  const dayEnd = digitsEnd(text, monthEnd + 1);
  if (text.charCodeAt(monthEnd) !== between || dayEnd === monthEnd + 1) return -1;
  setDate(time, year, numberAt(text, from + 5, monthEnd), numberAt(text, monthEnd + 1, dayEnd));
  return finish(time, clockEnd(time, text, dayEnd));
}

/** Two digits, then whatever: `05/06/2024`, `17/06/09`, `06-May-2024`, `06/May/2024`, `06.05.2024`, `05-06`, `10.30`. */
function fromPair(time: Time, text: string, from: number, firstEnd: number): number {
  const first = numberAt(text, from, firstEnd);
  const between = text.charCodeAt(firstEnd);
  const named = monthAt(text, firstEnd + 1);
  if (named > 0) {
    const yearEnd = digitsEnd(text, firstEnd + 5);
    if (yearEnd - firstEnd !== 9 && yearEnd - firstEnd !== 7) return -1;
    setDate(time, fullYear(numberAt(text, firstEnd + 5, yearEnd)), named, first);
    return finish(time, clockEnd(time, text, yearEnd));
  }
  const secondEnd = digitsEnd(text, firstEnd + 1);
  const second = numberAt(text, firstEnd + 1, secondEnd);
  if (second < 0 || secondEnd - firstEnd > 3) return -1;
  if (text.charCodeAt(secondEnd) !== between) {
    if (between === SLASH) return -1;
    setDate(time, 0, first, second);
    return finish(time, clockEnd(time, text, secondEnd));
  }
  const thirdEnd = digitsEnd(text, secondEnd + 1);
  const third = numberAt(text, secondEnd + 1, thirdEnd);
  const digits = thirdEnd - secondEnd - 1;
  if (digits !== 4 && digits !== 2) return -1;
  // What can be a month of the Americans' order is; with points the day is first, and two digits that aren't lead with the year.
  if (between === SLASH && first <= 12 && (digits === 4 || third > 12)) setDate(time, fullYear(third), first, second);
  else if (digits === 4 || between === DOT) setDate(time, fullYear(third), second, first);
  else setDate(time, fullYear(first), second, third);
  return finish(time, clockEnd(time, text, thirdEnd));
}

/** `May  6 07:08:09`, with a year before the time, or behind it. */
function fromMonthName(time: Time, text: string, from: number, year = 0): number {
  const month = monthAt(text, from);
  if (month === 0 || text.charCodeAt(from + 3) !== SPACE) return -1;
  const dayAt = spacesEnd(text, from + 4);
  const dayEnd = digitsEnd(text, dayAt);
  const day = numberAt(text, dayAt, dayEnd);
  if (day < 0 || dayEnd - dayAt > 2) return -1;
  setDate(time, year, month, day);
  let at = dayEnd;
  if (text.charCodeAt(at) === COMMA) at += 1;
  at = spacesEnd(text, at);
  if (at === dayEnd) return -1;
  if (digitsEnd(text, at) - at === 4) {
    time.year = numberAt(text, at, at + 4);
    at = spacesEnd(text, at + 4);
  }
  const end = timeEnd(time, text, at);
  if (end !== -1 && time.year === 0 && text.charCodeAt(end) === SPACE && isYearAt(text, end + 1)) {
    time.year = numberAt(text, end + 1, end + 5);
    return finish(time, end + 5);
  }
  return finish(time, end);
}

/** Four digits that are a year of our time, and nothing more: what follows a time may be a pid as well. */
const isYearAt = (text: string, from: number): boolean => {
  const year = digitsEnd(text, from) - from === 4 ? numberAt(text, from, from + 4) : 0;
  const next = text[from + 4];
  return year >= 1990 && year <= 2099 && (next === undefined || next === " " || next === "]" || next === ":");
};

/** `Mon May  6 …`, `Mon, 06 May 2024 …`, `Mon 2024-05-06 …`. */
function fromWeekday(time: Time, text: string, from: number): number {
  const at = spacesEnd(text, from + (text.charCodeAt(from + 3) === COMMA ? 4 : 3));
  if (at === from + 3) return -1;
  return isDigit(text.charCodeAt(at)) ? fromDigit(time, text, at) : fromMonthName(time, text, at);
}

/** Seconds (with a fraction or not), ms, µs or ns since 1970, by how many digits they have. */
function fromEpoch(time: Time, text: string, from: number, end: number): number {
  const digits = end - from;
  const next = text[end];
  if (next !== undefined && !" .,]|:\t".includes(next)) return -1;
  const value = numberAt(text, from, end) / 10 ** (digits - 13);
  // From 2001 to 2065: less, and more, is some other number.
  if (value < 1e12 || value > 3e12) return -1;
  time.at = Math.floor(value);
  time.dated = true;
  const fraction = digitsEnd(text, end + 1);
  if (digits !== 10 || next !== "." || fraction === end + 1) return end;
  time.ms = 0;
  const last = fractionEnd(time, text, end);
  if (text[last] === ".") return -1;
  time.at += time.ms;
  return last;
}

function fromDigit(time: Time, text: string, from: number): number {
  const end = digitsEnd(text, from);
  const next = text.charCodeAt(end);
  switch (end - from) {
    case 1:
    case 2:
      if (next === COLON) {
        const last = timeEnd(time, text, from);
        // Hours and minutes alone may be anything.
        if (last < from + 7) return -1;
        time.at = undefined;
        time.dated = false;
        return last;
      }
      if (next === SPACE) return fromDayName(time, text, from, end);
      return next === DASH || next === SLASH || next === DOT ? fromPair(time, text, from, end) : -1;
    case 4:
      return fromYear(time, text, from);
    case 6:
      return fromShort(time, text, from);
    case 8:
      setDate(
        time,
        numberAt(text, from, from + 4),
        numberAt(text, from + 4, from + 6),
        numberAt(text, from + 6, from + 8),
      );
      return finish(time, next === 84 ? compactEnd(time, text, end + 1) : clockEnd(time, text, end));
    case 10:
    case 13:
    case 16:
    case 19:
      return fromEpoch(time, text, from, end);
    default:
      return -1;
  }
}

/** `06 May 2024 07:08:09`. */
function fromDayName(time: Time, text: string, from: number, end: number): number {
  const month = monthAt(text, end + 1);
  if (month === 0 || text.charCodeAt(end + 4) !== SPACE) return -1;
  const yearEnd = digitsEnd(text, end + 5);
  if (yearEnd - end === 9) {
    setDate(time, numberAt(text, end + 5, yearEnd), month, numberAt(text, from, end));
    return finish(time, clockEnd(time, text, yearEnd));
  }
  setDate(time, 0, month, numberAt(text, from, end));
  return finish(time, clockEnd(time, text, end + 4));
}

/** `240506 070809`, `240506  7:08:09`: two digits each. */
function fromShort(time: Time, text: string, from: number): number {
  if (text.charCodeAt(from + 6) !== SPACE) return -1;
  setDate(
    time,
    fullYear(numberAt(text, from, from + 2)),
    numberAt(text, from + 2, from + 4),
    numberAt(text, from + 4, from + 6),
  );
  if (time.month < 1 || time.month > 12 || time.day < 1 || time.day > 31) return -1;
  const at = spacesEnd(text, from + 7);
  return finish(time, digitsEnd(text, at) - at === 6 ? compactEnd(time, text, at) : timeEnd(time, text, at));
}

/** `070809`, `070809Z`. */
function compactEnd(time: Time, text: string, from: number): number {
  if (digitsEnd(text, from) - from !== 6) return timeEnd(time, text, from);
  time.hour = numberAt(text, from, from + 2);
  time.minute = numberAt(text, from + 2, from + 4);
  time.second = numberAt(text, from + 4, from + 6);
  time.ms = 0;
  time.offsetMin = 0;
  return zoneEnd(time, text, fractionEnd(time, text, from + 6));
}

function read(time: Time, text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (isDigit(code)) return fromDigit(time, text, from);
  if (!isLetter(code)) return -1;
  const end = fromMonthName(time, text, from);
  return end === -1 && isWeekdayAt(text, from) ? fromWeekday(time, text, from) : end;
}
