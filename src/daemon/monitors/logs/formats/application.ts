import type { LogSeverity } from "../record.ts";
import type { Head } from "./head.ts";
import { levelEnd, severityOf, severityOfLetter } from "./level.ts";
import { digitsEnd, groupEnd, isDigit, isLetter, numberAt, SPACE, spacesEnd } from "./scan.ts";

/** Past spaces and what stands between the parts of a header: ` - `, ` | `, `: `, `::`, `, `, ` --- `. */
function gapEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === 58 || code === 124 || code === 44) at += 1;
    else if (code === 45 && !isOfWord(text.charCodeAt(at + 1))) at += 1;
    else return at;
  }
}

const isOfWord = (code: number): boolean => isLetter(code) || isDigit(code);

/** Where a name of a component ends: letters, digits and what namespaces and files have between them. */
function nameEnd(text: string, from: number): number {
  let at = from;
  for (; at - from < 120; at += 1) {
    const code = text.charCodeAt(at);
    if (isOfWord(code)) continue;
    // . _ - $ / # < > @ ( )
    if (code === 46 || code === 95 || code === 45 || code === 36 || code === 47 || code === 35 || code === 64) continue;
    if (code === 60 || code === 62 || code === 40 || code === 41) continue;
    // A colon between: `file.go:12`, `a::b`.
    if (code === 58 && text.charCodeAt(at + 1) !== SPACE && at + 1 < text.length) continue;
    break;
  }
  return at;
}

interface Level {
  severity: LogSeverity;
  end: number;
}

/** A level at `from`, bare or in brackets. `letters`: one letter is enough; `prose`: what stands here may be a sentence. */
function levelAt(text: string, from: number, letters: boolean, prose: boolean): Level | undefined {
  const open = text.charCodeAt(from);
  const bracketed = open === 91 || open === 40 || open === 60;
  const start = bracketed ? spacesEnd(text, from + 1) : from;
  if (!isLetter(text.charCodeAt(start))) return undefined;
  const end = levelEnd(text, start);
  const word = text.slice(start, end);
  const severity = end - start === 1 ? (bracketed || letters ? severityOfLetter(word) : undefined) : severityOf(word);
  if (!severity) return undefined;
  if (bracketed) {
    const close = spacesEnd(text, end);
    const code = text.charCodeAt(close);
    // `[ERROR|module|L12]`.
    if (code === 124 && open === 91) {
      const group = groupEnd(text, from, 60);
      return group === -1 ? undefined : { severity, end: group };
    }
    return code === 93 || code === 41 || code === 62 ? { severity, end: close + 1 } : undefined;
  }
  const next = text.charCodeAt(end);
  if (Number.isNaN(next) || next === 58 || next === 124) return { severity, end };
  if (next !== SPACE) return undefined;
  if (word === word.toUpperCase()) return { severity, end };
  // `Error opening …` begins a sentence; `info  [main]` and `Warn Server: ` don't.
  const after = text.charCodeAt(end + 1);
  if (prose && !(after === SPACE || after === 91 || after === 40 || after === 45)) {
    const name = nameEnd(text, end + 1);
    if (name === end + 1 || text.charCodeAt(name) !== 58) return undefined;
  }
  return { severity, end };
}

/** A plain number that is a whole word: a pid or a thread. */
function wholeNumberEnd(text: string, from: number): number {
  const end = digitsEnd(text, from);
  const next = text.charCodeAt(end);
  return end > from && end - from <= 10 && (next === SPACE || next === 124 || next === 58 || next === 37 || next === 46)
    ? end
    : -1;
}

/** What may stand before a level: pids, threads and contexts in brackets, one name. */
function findLevel(head: Head): Level | undefined {
  const { text } = head;
  let at = gapEnd(text, head.rest);
  let numbers = 0;
  let names = 0;
  for (let count = 0; count < 6 && at < text.length; count += 1) {
    const level = levelAt(text, at, numbers > 0, true);
    if (level) return names === 0 || level.end - at > 1 ? level : undefined;
    const number = wholeNumberEnd(text, at);
    const group = groupEnd(text, at, 80);
    if (number !== -1) {
      if (numbers === 0 && text.charCodeAt(number) === SPACE) head.pid = numberAt(text, at, number);
      numbers += 1;
      // `96.03%` is one too.
      let end = number;
      while (end < text.length && text.charCodeAt(end) !== SPACE && text.charCodeAt(end) !== 58 && end - number < 6)
        end += 1;
      at = end;
    } else if (group !== -1) {
      const pid = group - at <= 12 ? numberAt(text, at + 1, group - 1) : -1;
      if (pid >= 0) head.pid = pid;
      at = group;
    } else {
      const end = nameEnd(text, at);
      if (end === at || names === 2) return undefined;
      if (text.charCodeAt(end) !== SPACE && text.charCodeAt(end) !== 58 && text.charCodeAt(end) !== 124)
        return undefined;
      names += 1;
      // A name before the level is followed by it at once; else this is a sentence.
      const next = gapEnd(text, end);
      const level = levelAt(text, next, false, true);
      if (level) {
        const word = text.slice(next, level.end);
        if (word !== word.toUpperCase() && text.charCodeAt(next) !== 91 && next - end < 2) return undefined;
        head.program = text.slice(at, end);
        return level;
      }
      if (names === 2 || text.charCodeAt(next) !== 91) return undefined;
      at = next;
    }
    at = gapEnd(text, at);
  }
  return undefined;
}

/** A component and what sets it off: `name: `, `name - `, `name   : `, `name [context] `. */
function readComponent(head: Head): boolean {
  const { text } = head;
  let from = head.rest;
  if (text.startsWith("in ", from)) from += 3;
  if (!isLetter(text.charCodeAt(from)) && text.charCodeAt(from) !== 95) return false;
  const end = nameEnd(text, from);
  const code = text.charCodeAt(end);
  if (code === 58) return setComponent(head, from, end, end + 1);
  if (code !== SPACE) return false;
  const next = spacesEnd(text, end);
  if (text.startsWith(": ", next) || text.startsWith("- ", next)) return setComponent(head, from, end, next + 2);
  const dotted = isDotted(text, from, end);
  // Windows' servicing log: `CBS    `.
  if (next - end >= 2 && next < text.length && end - from <= 16) return setComponent(head, from, end, next);
  if (text.charCodeAt(next) === 91 && dotted) {
    const group = groupEnd(text, next, 256);
    if (group !== -1 && text.charCodeAt(group) === SPACE) return setComponent(head, from, end, group + 1);
  }
  // `sofia_reg.c:3223 `.
  const colon = text.lastIndexOf(":", end);
  if (dotted && colon > from && numberAt(text, colon + 1, end) >= 0) return setComponent(head, from, end, end + 1);
  if (next - end === 1) {
    const second = nameEnd(text, next);
    if (text.charCodeAt(second) === 58 && isDotted(text, next, second))
      return setComponent(head, next, second, second + 1);
  }
  return false;
}

function isDotted(text: string, from: number, end: number): boolean {
  const dot = text.indexOf(".", from);
  return dot > from && dot < end - 1;
}

function setComponent(head: Head, from: number, end: number, rest: number): true {
  head.program = head.text.slice(from, end);
  head.rest = spacesEnd(head.text, rest);
  return true;
}

/** What stands behind a level: threads and contexts in brackets, a pid, a component. */
export function readBehindLevel(head: Head): void {
  const { text } = head;
  for (let count = 0; count < 4; count += 1) {
    const gap = head.rest;
    const rest = gapEnd(text, gap);
    head.rest = rest;
    const group = text.charCodeAt(rest) === 60 ? -1 : groupEnd(text, rest, 256);
    if (group !== -1 && !text.startsWith("[client", rest)) {
      // A group that ends the line is the message.
      if (group >= text.length) return;
      // Of a thread and a logger, the one with dots is the logger.
      if (isLetter(text.charCodeAt(rest + 1)) && (head.program === undefined || isDotted(text, rest + 1, group - 1)))
        head.program = text.slice(rest + 1, group - 1);
      head.rest = group;
      continue;
    }
    const number = wholeNumberEnd(text, rest);
    if (number !== -1) {
      const next = gapEnd(text, number);
      if (text.startsWith("---", spacesEnd(text, number)) || text.charCodeAt(next) === 91) {
        head.pid = numberAt(text, rest, number);
        head.rest = number;
        continue;
      }
    }
    // Behind ` - ` the message stands, unless it is evidently a logger.
    if (!text.slice(gap, rest).includes("-") || isDotted(text, rest, nameEnd(text, rest))) readComponent(head);
    return;
  }
}

/** `time level component: message` in its many shapes, behind the time; false if no level is there. */
export function readApplication(head: Head): boolean {
  const pid = head.pid;
  const program = head.program;
  const level = findLevel(head);
  if (!level) {
    head.pid = pid;
    head.program = program;
    return false;
  }
  head.severity = level.severity;
  head.rest = level.end;
  readBehindLevel(head);
  return true;
}

/** A level that leads the line, before any time: `[error] …`, `WARN: …`, `(W) …`, `[ERROR|auth|L83] …`. */
export function readLeadingLevel(head: Head): boolean {
  const { text, rest } = head;
  const level = levelAt(text, rest, false, true);
  if (level) {
    head.severity = level.severity;
    head.rest = gapEnd(text, level.end);
    return true;
  }
  return false;
}
