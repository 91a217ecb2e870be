import { describe, expect, test } from "vitest";
import { themeNames } from "../settings.ts";
import { codesOf, palettes } from "./palettes.ts";

type Rgb = readonly number[];

const rgb = (full: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16));

/** The 256 colours from 16 on, as every terminal has them. */
function indexedRgb(index: number): Rgb {
  if (index >= 232) return [8, 8, 8].map((part) => part + 10 * (index - 232));
  const at = index - 16;
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => (step === 0 ? 0 : 55 + 40 * step));
}

/** Relative luminance and contrast ratio as WCAG 2.2 defines them: 1 to 21; text wants 4.5, better 7. */
function luminance(parts: Rgb): number {
  const [r = 0, g = 0, b = 0] = parts
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Backgrounds that people have: pure ones, and those of widespread colour schemes. */
const grounds = { dark: ["#000000", "#1e1e1e", "#282a36"], light: ["#ffffff", "#fafafa", "#fdf6e3"] };

test("contrast is measured as WCAG says", () => {
  expect(contrast(rgb("#ffffff"), rgb("#000000"))).toBeCloseTo(21);
  expect(contrast(rgb("#777777"), rgb("#ffffff"))).toBeCloseTo(4.48, 2);
  expect(indexedRgb(231)).toEqual([255, 255, 255]);
  expect(indexedRgb(244)).toEqual([128, 128, 128]);
});

describe.each(["dark", "light"] as const)("%s", (name) => {
  test.each(Object.entries(palettes[name]).filter(([tone]) => tone !== "invert"))(
    "%s is read on each such background, in all colours and in 256",
    (_, style) => {
      if (typeof style.text !== "object") throw new Error("this theme's colours don't hang on the terminal's");
      for (const text of [rgb(style.text.full), indexedRgb(style.text.indexed)])
        for (const ground of grounds[name]) expect(contrast(text, rgb(ground))).toBeGreaterThanOrEqual(4.5);
    },
  );
});

test("high contrast has seven to one on grounds of its own, and nothing faint", () => {
  const styles = Object.values(palettes["high-contrast"]);
  expect(styles.filter(({ faint }) => faint)).toEqual([]);
  const coloured = styles.flatMap(({ text, ground }) => (text !== undefined || ground ? [{ text, ground }] : []));
  expect(coloured).toHaveLength(2);
  for (const { text, ground } of coloured) {
    if (typeof text !== "object" || !ground) throw new Error("a colour here has text and ground");
    expect(contrast(rgb(text.full), rgb(ground.full))).toBeGreaterThanOrEqual(7);
    expect(contrast(indexedRgb(text.indexed), indexedRgb(ground.indexed))).toBeGreaterThanOrEqual(7);
  }
});

test("a tone is written as its terminal knows it", () => {
  expect([4, 8, 24].map((depth) => codesOf("dark", depth as 4 | 8 | 24).bad)).toEqual([
    "1;91",
    "1;38;5;210",
    "1;38;2;255;123;114",
  ]);
  expect([4, 8, 24].map((depth) => codesOf("high-contrast", depth as 4 | 8 | 24).warn)).toEqual([
    "1;30;103",
    "1;38;5;16;48;5;220",
    "1;38;2;0;0;0;48;2;255;215;0",
  ]);
});

test("the default theme's colours are those that the person set up, however many there are", () => {
  for (const depth of [4, 8, 24] as const)
    expect(codesOf("default", depth)).toMatchObject({ good: "32", warn: "33", bad: "1;31", dim: "2", accent: "36" });
});

test.each(themeNames)("%s: without colours nothing is coloured, and what is bad is not like what is good", (name) => {
  const codes = codesOf(name, 1);
  expect(Object.values(codes).join(";")).not.toMatch(/\d\d/);
  for (const depth of [1, 4, 8, 24] as const) expect(codesOf(name, depth).bad).not.toBe(codesOf(name, depth).good);
});
