import type { ColorDepth, ThemeName } from "../settings.ts";
import { measured } from "../state/cells.ts";
import type { StyledLine, Tone } from "../state/part.ts";
import { codesOf } from "./palettes.ts";
import type { Codes } from "./palettes.ts";

/** How the terminal shows what is loud. */
export interface Theme {
  color: boolean;
  /** Those of the chosen theme; the default one's if absent. */
  codes?: Codes | undefined;
}

const colors = codesOf("default", 4);
const plain = codesOf("mono", 1);

/** Makes the themes of a terminal, each once: what is painted with one is painted anew only with another. */
export function themesFor(depth: ColorDepth): (name: ThemeName) => Theme {
  const made = new Map<ThemeName, Theme>();
  return (name) => {
    const theme = made.get(name) ?? { color: depth > 1, codes: codesOf(name, depth) };
    made.set(name, theme);
    return theme;
  };
}

export function paint({ color, codes = color ? colors : plain }: Theme, tone: Tone | undefined, text: string): string {
  const code = tone && codes[tone];
  return code && text ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** A line as it is sent to the terminal; its text is cleaned here, wherever it came from. */
export const paintLine = (theme: Theme, line: StyledLine): string =>
  line.map(({ text, tone }) => paint(theme, tone, measured(text).text)).join("");
