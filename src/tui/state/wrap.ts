import { measured } from "./cells.ts";

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
