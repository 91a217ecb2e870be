import { z } from "zod";
import { type Window, windowSchema } from "./window.ts";
import { isZone } from "./zone.ts";
import { windowText } from "../window-text.ts";

const names = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
/** How to say a window, for whoever wrote it wrongly. */
export const windowHowTo =
  'write "always", "business_hours", or hours such as "Mon-Fri 08:00-18:00, Sat 22:00-06:00 Europe/Berlin"';
const part = /^(?<days>[A-Z]{3}(?:-[A-Z]{3})?(?:\/[A-Z]{3}(?:-[A-Z]{3})?)*) (?<start>\d\d:\d\d)-(?<end>\d\d:\d\d)$/;

/** A window said in words, for command lines: `always`, `business_hours`, or day sets with hours, a zone last. */
export const windowWords = z
  .string()
  .max(512)
  .transform((text, context): Window => {
    const window = readWords(text.trim());
    const checked = window === undefined ? undefined : windowSchema.safeParse(window);
    if (checked?.success) return checked.data;
    context.addIssue({ code: "custom", message: checked?.error.issues[0]?.message ?? windowHowTo });
    return z.NEVER;
  });

function readWords(text: string): unknown {
  if (text === "always" || text === "business_hours") return { kind: text };
  const zone = /\s(\S+)$/.exec(text)?.[1];
  const zoned = zone !== undefined && !/^\d/.test(zone) && isZone(zone);
  const ranges = (zoned ? text.slice(0, -zone.length) : text).split(",").map((words) => readRange(words.trim()));
  return ranges.includes(undefined) ? undefined : { kind: "custom", zone: zoned ? zone : "UTC", ranges };
}

function readRange(words: string): { days: number[]; start: string; end: string } | undefined {
  const { days = "", start = "", end = "" } = part.exec(words.toUpperCase())?.groups ?? {};
  const sets = days.split("/").map(readDays);
  return sets.some((set) => set.length === 0) ? undefined : { days: [...new Set(sets.flat())], start, end };
}

/** `MON`, or `FRI-MON` across the week's end; Monday is 1. */
function readDays(words: string): number[] {
  const [first = -1, last = first] = words.split("-").map((name) => names.indexOf(name));
  if (first < 0 || last < 0) return [];
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => ((first + i) % 7) + 1);
}

/** A window in the words that `windowWords` reads; undefined if they can't say all of it. */
export function sayWindow(window: Window): string | undefined {
  const words = windowText(window);
  return JSON.stringify(windowWords.safeParse(words).data) === JSON.stringify(window) ? words : undefined;
}
