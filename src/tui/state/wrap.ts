import { measured } from "./cells.ts";
import type { Part, StyledLine } from "./part.ts";

/** Cleaned text in lines of at most `width` columns, broken between words where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  const put = (piece: string): void => {
    if (measured(line + piece).width <= width) line += piece;
    else {
      if (line.trim() !== "") lines.push(line.trimEnd());
      line = piece.trimStart();
    }
  };
  for (const word of measured(text).text.match(/\s*\S+/g) ?? []) {
    if (measured(word).width <= width) put(word);
    else for (const char of word) put(char);
  }
  return line === "" ? lines : [...lines, line];
}

/** Text behind a word, on as many lines as it takes, each as far in as the first. */
export const hanging = (word: Part, text: string, columns: number): StyledLine[] =>
  wrap(text, columns - word.text.length - 1).map((line, i) => [
    i === 0 ? word : { text: " ".repeat(word.text.length) },
    { text: line },
  ]);
