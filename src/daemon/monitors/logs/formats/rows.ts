import type { Head } from "./head.ts";
import { severityOf } from "./level.ts";
import { digitsEnd, isDigit, isLetter, numberAt, spacesEnd, wordEnd } from "./scan.ts";
import type { Stamps } from "./stamp.ts";

/**
 * A supercomputer's row: `label epoch 2005.06.07 node time node …`, behind which stand either words up to a level, or
 * a program's tag. Leaves what is left behind the second node, and tells whether that begins with words.
 */
export function readNodeRow(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  const label = wordEnd(text, rest);
  if (label - rest > 24 || label === text.length) return false;
  const epochEnd = digitsEnd(text, label + 1);
  if (epochEnd - label !== 11 || text[epochEnd] !== " " || text[epochEnd + 5] !== "." || text[epochEnd + 8] !== ".")
    return false;
  const nodeAt = epochEnd + 12;
  const nodeEnd = wordEnd(text, nodeAt);
  const end = stamps.read(text, nodeEnd + 1);
  if (end === -1 || text[end] !== " ") return false;
  const node = text.slice(nodeAt, nodeEnd);
  head.at = numberAt(text, label + 1, epochEnd) * 1_000;
  head.host = node;
  head.rest = end + 1;
  if (text.startsWith(node, end + 1)) head.rest = spacesEnd(text, wordEnd(text, end + 1));
  return true;
}

/** `WORD WORD LEVEL message`, in capitals: the last of the words names the component. */
export function readCapitals(head: Head): boolean {
  const { text } = head;
  let at = head.rest;
  let component: string | undefined;
  for (let count = 0; count < 4; count += 1) {
    const end = wordEnd(text, at);
    const word = text.slice(at, Math.min(end, at + 24));
    if (!/^[A-Z_]+$/.test(word)) return false;
    const severity = severityOf(word);
    if (severity && count > 0) {
      head.severity = severity;
      head.program = component;
      head.rest = spacesEnd(text, end);
      return true;
    }
    component = word;
    at = spacesEnd(text, end);
  }
  return false;
}

/** `number node component state epoch flag message`: words before a time in seconds, and a number behind it. */
export function readNumberedRow(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  if (!isDigit(text.charCodeAt(rest))) return false;
  const words: [number, number][] = [];
  let at = rest;
  for (let count = 0; count < 7; count += 1) {
    const end = wordEnd(text, at);
    if (end - at > 64 || end === text.length) return false;
    if (end - at === 10 && count >= 2 && digitsEnd(text, at) === end && stamps.read(text, at) === end) break;
    words.push([at, end]);
    at = spacesEnd(text, end);
  }
  if (words.length > 6) return false;
  const flag = at + 11;
  const flagEnd = digitsEnd(text, flag);
  if (flagEnd === flag || text[flagEnd] !== " ") return false;
  const [, node, component] = words.map(([start, end]) => text.slice(start, end));
  head.at = stamps.at;
  head.host = node;
  head.program = component;
  head.rest = spacesEnd(text, flagEnd + 1);
  return true;
}

/** Bars behind a time: `|Level|name|message`, `|name|123|message`; a level and two more at most. */
export function readBars(head: Head): boolean {
  const { text } = head;
  if (text[head.rest] !== "|") return false;
  let at = head.rest + 1;
  let others = 0;
  while (others < 3) {
    const end = text.indexOf("|", at);
    if (end === -1 || end - at > 64) break;
    const word = text.slice(at, end).trim();
    if (!/^[\w.:$#@/-]+$/.test(word)) break;
    const severity = severityOf(word);
    if (severity) head.severity = severity;
    else {
      others += 1;
      if (others > 2) break;
      if (isDigit(word.charCodeAt(0)) && word.length <= 10 && numberAt(word, 0, word.length) >= 0)
        head.pid = Number(word);
      else if (isLetter(word.charCodeAt(0))) head.program ??= word;
    }
    at = end + 1;
  }
  head.rest = spacesEnd(text, at);
  return true;
}
