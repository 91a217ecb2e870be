import { median, medianAbsoluteDeviation } from "simple-statistics";
import { HOUR } from "../../../../shared/time.ts";

/** Lines an hour, for each hour of the week (UTC, from Thursday 00:00, as the epoch began). */
export type Profile = Float64Array;

export const SLOTS = 168;
/** So much of it an hour's new figure makes. */
const WEIGHT = 0.3;
const SAMPLES = 6;
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const BASE = 1.3;

export const slotOf = (hour: number): number => ((hour % SLOTS) + SLOTS) % SLOTS;
export const hourOf = (at: number): number => Math.floor(at / HOUR);

/** A count as one character, within 15 %, up to 15 million. */
export function packCount(count: number): string {
  const step = count < 0.25 ? 0 : Math.max(1, Math.round(Math.log1p(count) / Math.log(BASE)));
  return digits[Math.min(step, digits.length - 1)] ?? "0";
}

export const unpackCount = (text: string): number => BASE ** Math.max(0, digits.indexOf(text)) - 1;

/** As text: a character an hour, `~` and another for so many empty ones, `=` and one where all are the same. */
export function packProfile(profile: Profile): string {
  const text = Array.from(profile, packCount).join("");
  const [first = "0"] = text;
  if (text === first.repeat(SLOTS)) return first === "0" ? "" : `=${first}`;
  let end = text.length;
  while (text[end - 1] === "0") end--;
  return text.slice(0, end).replaceAll(/0{3,63}/g, (run) => `~${digits[run.length]}`);
}

/** What a profile comes to where there is room for one figure only. */
export function packMean(profile: Profile): string {
  const mean = profile.reduce((sum, count) => sum + count, 0) / SLOTS;
  return packCount(mean) === "0" ? "" : `=${packCount(mean)}`;
}

export function unpackProfile(text: string): Profile {
  const profile = new Float64Array(SLOTS);
  if (text.startsWith("=")) return profile.fill(unpackCount(text.slice(1)));
  const counts = text.replaceAll(/~(.)/g, (_, run: string) => "0".repeat(digits.indexOf(run)));
  for (let slot = 0; slot < Math.min(SLOTS, counts.length); slot++) profile[slot] = unpackCount(counts[slot] ?? "0");
  return profile;
}

/** Takes an hour's count in. `covered` says in how many weeks that hour was seen before. */
export function learn(profile: Profile, slot: number, count: number, covered: number): void {
  const old = profile[slot] ?? 0;
  profile[slot] = covered > 0 ? old + WEIGHT * (count - old) : count;
}

export interface Deviation {
  usual: number;
  z: number;
}

/**
 * How far a count is from what is usual at that hour of the week: a robust z-score (median and MAD of the same hour and
 * its neighbours on all days), or undefined without evidence. What comes at that very hour each week is usual too. A
 * spread is taken for no less than chance alone makes it.
 */
export function deviationOf(
  profile: Profile,
  covered: readonly number[],
  slot: number,
  count: number,
): Deviation | undefined {
  const samples: number[] = [];
  for (let day = 0; day < 7; day++) {
    for (const beside of [-1, 0, 1]) {
      const other = slotOf(slot + day * 24 + beside);
      if ((covered[other] ?? 0) > 0) samples.push(profile[other] ?? 0);
    }
  }
  if (samples.length < SAMPLES) return undefined;
  const middle = median(samples);
  const usual = (covered[slot] ?? 0) > 0 && count > middle ? Math.max(middle, profile[slot] ?? 0) : middle;
  const spread = Math.max(1.4826 * medianAbsoluteDeviation(samples), Math.sqrt(usual), 0.2 * usual, 1);
  return { usual, z: (count - usual) / spread };
}
