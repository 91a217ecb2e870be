import type { Tone } from "../state/part.ts";
import type { ColorDepth, ThemeName } from "../settings.ts";

/** A colour as each kind of terminal can have it: one of its own sixteen, of the 256 (6×6×6 and greys), or `#rrggbb`. */
interface Color {
  basic: number;
  indexed: number;
  full: string;
}

/** A tone: attributes, and colours. A number is one of the sixteen that people set up in their terminal, whatever else it shows. */
export interface Style {
  bold?: true;
  faint?: true;
  underline?: true;
  invert?: true;
  text?: number | Color;
  ground?: Color;
}

export type Palette = Readonly<Record<Tone, Style>>;

const color = (basic: number, indexed: number, full: string): Color => ({ basic, indexed, full });

const black = color(0, 16, "#000000");
const white = color(15, 231, "#ffffff");

/** Tones of a theme. A terminal's background isn't known, so that `dark` and `light` are for people to choose. */
export const palettes: Readonly<Record<ThemeName, Palette>> = {
  default: {
    good: { text: 2 },
    warn: { text: 3 },
    bad: { bold: true, text: 1 },
    dim: { faint: true },
    strong: { bold: true },
    accent: { text: 6 },
    underline: { text: 6, underline: true },
    invert: { invert: true },
  },
  dark: {
    good: { text: color(10, 114, "#7ee787") },
    warn: { text: color(11, 221, "#f2cc60") },
    bad: { bold: true, text: color(9, 210, "#ff7b72") },
    dim: { text: color(7, 246, "#9198a1") },
    strong: { bold: true, text: color(15, 231, "#ffffff") },
    accent: { text: color(14, 117, "#79c0ff") },
    underline: { text: color(14, 117, "#79c0ff"), underline: true },
    invert: { invert: true },
  },
  light: {
    good: { text: color(2, 22, "#116329") },
    warn: { text: color(3, 94, "#7d4e00") },
    bad: { bold: true, text: color(1, 124, "#a40e26") },
    dim: { text: color(8, 240, "#57606a") },
    strong: { bold: true, text: color(0, 16, "#000000") },
    accent: { text: color(4, 25, "#0550ae") },
    underline: { text: color(4, 25, "#0550ae"), underline: true },
    invert: { invert: true },
  },
  // Grounds of its own, so that it reads the same on any background; nothing is faint.
  "high-contrast": {
    good: {},
    warn: { bold: true, text: black, ground: color(11, 220, "#ffd700") },
    bad: { bold: true, text: white, ground: color(1, 88, "#a00000") },
    dim: {},
    strong: { bold: true },
    accent: { bold: true, underline: true },
    underline: { bold: true, underline: true },
    invert: { invert: true },
  },
  mono: {
    good: {},
    warn: { underline: true },
    bad: { bold: true },
    dim: { faint: true },
    strong: { bold: true },
    accent: { bold: true },
    underline: { underline: true },
    invert: { invert: true },
  },
};

/** `#rrggbb` as its three parts, 0 to 255. */
const channels = (full: string): number[] => [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16));

// Select Graphic Rendition, ECMA-48 8.3.117; 38 and 48 with 2 and 5 from ISO 8613-6.
function sgrOf(given: number | Color, depth: ColorDepth, base: 30 | 40): string {
  if (typeof given === "number") return String(base + given + (given < 8 ? 0 : 52));
  if (depth <= 4) return sgrOf(given.basic, depth, base);
  return depth === 8 ? `${base + 8};5;${given.indexed}` : `${base + 8};2;${channels(given.full).join(";")}`;
}

function codeOf({ bold, faint, underline, invert, text, ground }: Style, depth: ColorDepth): string {
  return [
    ...(bold ? ["1"] : []),
    ...(faint ? ["2"] : []),
    ...(underline ? ["4"] : []),
    ...(invert ? ["7"] : []),
    ...(text !== undefined ? [sgrOf(text, depth, 30)] : []),
    ...(ground ? [sgrOf(ground, depth, 40)] : []),
  ].join(";");
}

export type Codes = Readonly<Record<Tone, string>>;

/** The parameters of SGR for each tone, empty for none. Without colours every theme is `mono`. */
export function codesOf(theme: ThemeName, depth: ColorDepth): Codes {
  const palette = palettes[depth === 1 ? "mono" : theme];
  return Object.fromEntries(Object.entries(palette).map(([tone, style]) => [tone, codeOf(style, depth)])) as Codes;
}
