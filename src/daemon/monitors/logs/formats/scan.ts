/** A character is a decimal digit. Past the end of a text, charCodeAt gives NaN, which is none. */
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export const isLetter = (code: number): boolean => {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
};

export const SPACE = 32;

/** Where the run of digits that begins at `from` ends. */
export function digitsEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

export function spacesEnd(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at += 1;
  return at;
}

/** Where the word that begins at `from` ends: at the next space, or with the text. */
export function wordEnd(text: string, from: number): number {
  const at = text.indexOf(" ", from);
  return at === -1 ? text.length : at;
}

/** What the digits between two places come to; -1 if there is anything else, or nothing. */
export function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return to > from ? value : -1;
}

const closing: Record<string, string> = { "[": "]", "(": ")", "{": "}", "<": ">" };

/** The place after a group in brackets that begins at `from`, others inside it counted; -1 if none begins or ends there. */
export function groupEnd(text: string, from: number, limit = 160): number {
  const open = text[from] ?? "";
  const close = closing[open];
  if (close === undefined) return -1;
  let depth = 0;
  const to = Math.min(text.length, from + limit);
  for (let at = from; at < to; at += 1) {
    if (text[at] === open) depth += 1;
    else if (text[at] === close) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
