import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { deviationOf, learn, packCount, packMean, packProfile, SLOTS, unpackCount, unpackProfile } from "./profile.ts";

const covered = (weeks: number): number[] => Array.from({ length: SLOTS }, () => weeks);
const profileOf = (of: (slot: number) => number): Float64Array => Float64Array.from({ length: SLOTS }, (_, i) => of(i));

test("a count in one character is right within 15 %, and stays when it is packed again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (count) => {
      const unpacked = unpackCount(packCount(count));
      expect(Math.abs(unpacked + 1 - (count + 1)) / (count + 1)).toBeLessThan(0.15);
      expect(packCount(unpacked)).toBe(packCount(count));
    }),
  );
  expect(unpackCount(packCount(0))).toBe(0);
  expect(unpackCount(packCount(1e12))).toBeGreaterThan(1e7);
});

test("a profile comes back as it was packed", () => {
  const profile = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(100_000)), {
    minLength: SLOTS,
    maxLength: SLOTS,
  });
  fc.assert(
    fc.property(profile, (counts) => {
      const text = packProfile(Float64Array.from(counts));
      expect(Array.from(unpackProfile(text), packCount)).toEqual(counts.map(packCount));
    }),
  );
});

test("a profile is short where it says little", () => {
  expect(packProfile(profileOf(() => 0))).toBe("");
  expect(packProfile(profileOf(() => 7))).toHaveLength(2);
  expect(packProfile(profileOf((slot) => (slot === 100 ? 7 : 0)))).toHaveLength(5);
  expect(packMean(profileOf((slot) => (slot % 2 ? 0 : 14)))).toBe(packProfile(profileOf(() => 7)));
  expect(packMean(profileOf((slot) => (slot === 3 ? 1 : 0)))).toBe("");
});

test("an hour is learnt as it is the first time, and slowly after that", () => {
  const profile = profileOf(() => 0);
  learn(profile, 5, 10, 0);
  expect(profile[5]).toBe(10);
  learn(profile, 5, 20, 1);
  expect(profile[5]).toBeCloseTo(13);
});

test.each([
  ["nothing where the count is usual", 10, 10, 0],
  ["a deviation where it is far above", 10, 100, 28],
  ["one below where it is missing", 100, 0, -5],
  ["no more than chance makes of few", 0, 3, 3],
])("there is %s", (_what, usual, count, z) => {
  expect(
    deviationOf(
      profileOf(() => usual),
      covered(1),
      30,
      count,
    )?.z,
  ).toBeCloseTo(z, -0.3);
});

test("the hour of the day counts: what comes each morning is usual in the morning alone", () => {
  const profile = profileOf((slot) => (slot % 24 === 8 || slot % 24 === 7 || slot % 24 === 9 ? 500 : 2));
  expect(deviationOf(profile, covered(1), 24 + 8, 520)?.z).toBeLessThan(1);
  expect(deviationOf(profile, covered(1), 24 + 20, 520)?.z).toBeGreaterThan(100);
});

test("what comes once a week is usual at that hour, once it was seen", () => {
  const profile = profileOf((slot) => (slot === 75 ? 500 : 0));
  expect(deviationOf(profile, covered(1), 75, 480)?.z).toBeLessThan(1);
  expect(deviationOf(profile, covered(1), 51, 480)?.z).toBeGreaterThan(100);
});

test("nothing is said before there are two days to compare with", () => {
  const days = (count: number): number[] => Array.from({ length: SLOTS }, (_, slot) => (slot < count * 24 ? 1 : 0));
  const profile = profileOf(() => 1);
  expect(deviationOf(profile, days(1), 3 * 24 + 5, 1_000)).toBeUndefined();
  expect(deviationOf(profile, days(2), 3 * 24 + 5, 1_000)).toBeDefined();
});
