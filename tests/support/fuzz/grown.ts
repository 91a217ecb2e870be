import type { Course } from "./attack.ts";

/** Memory that a collector may leave for later, in MB. */
const SLACK_MB = 64;
const DESCRIPTORS = 8;

/** What grew between a third of a course and its end. An administrator's inputs are kept, so memory counts for the others alone. */
export function grown({ who, residentMb: [early, late], descriptors: [fewer, more] }: Course): string[] {
  const memory = who === "others" && late > early * 1.25 + SLACK_MB ? [`${early} MB resident became ${late} MB`] : [];
  return more > fewer + DESCRIPTORS ? [...memory, `${fewer} open descriptors became ${more}`] : memory;
}
