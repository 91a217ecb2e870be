import type { Head } from "./head.ts";
import { severityOf, severityOfNumber } from "./level.ts";
import { digitsEnd, groupEnd, isDigit, isLetter, numberAt, SPACE, spacesEnd, wordEnd } from "./scan.ts";
import type { Stamps } from "./stamp.ts";

/** `<134>` at the start of what is left: facility and severity in one (RFC 5424, section 6.2.1). */
export function readPriority(head: Head): boolean {
  const { text, rest } = head;
  if (text[rest] !== "<") return false;
  const end = digitsEnd(text, rest + 1);
  const value = end - rest > 4 ? -1 : numberAt(text, rest + 1, end);
  if (value < 0 || value > 191 || text[end] !== ">") return false;
  head.severity = severityOfNumber(value & 7);
  head.rest = end + 1;
  return true;
}

const known = (word: string): string | undefined => (word === "-" || word === "" ? undefined : word);

/** Structured data, `-` or `[id name="value" …]…`: where it ends (RFC 5424, section 6.3); -1 if it isn't any. */
function structuredEnd(text: string, from: number): number {
  if (text[from] === "-") return from + 1;
  let at = from;
  while (text[at] === "[") {
    let quoted = false;
    for (at += 1; at < text.length && (quoted || text[at] !== "]"); at += 1) {
      if (text[at] === "\\") at += 1;
      else if (text[at] === '"') quoted = !quoted;
    }
    if (at >= text.length) return -1;
    at += 1;
  }
  return at > from ? at : -1;
}

/** All of an RFC 5424 header behind its priority: `1 time host program pid msgid data message`. */
export function readFlat(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  if (text[rest] !== "1" || text[rest + 1] !== " ") return false;
  let at = rest + 2;
  if (text[at] === "-") at += 1;
  else {
    at = stamps.read(text, at);
    if (at === -1) return false;
    head.at = stamps.at;
  }
  const words: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    if (text[at] !== " ") return false;
    const end = wordEnd(text, at + 1);
    words.push(text.slice(at + 1, end));
    at = end;
  }
  const [host = "", program = "", pid = ""] = words;
  const end = structuredEnd(text, at + 1);
  if (end === -1) return false;
  head.host = known(host);
  head.program = known(program);
  setPid(head, pid);
  head.rest = spacesEnd(text, end);
  return true;
}

function setPid(head: Head, word: string): void {
  const pid = word.length > 10 ? -1 : numberAt(word, 0, word.length);
  if (pid >= 0) head.pid = pid;
}

// Tags of more than one word, as macOS has them, and with a version: `Some App[12]: `, `syslogd 1.4.1: `.
const wordyTag =
  /[A-Za-z][\w.+-]{0,40}(?: [\w.+-]{1,40}){1,3}\[\d{1,10}\](?=:| \()|[A-Za-z][\w.+-]{0,40} v?\d[\w.]{0,20}(?=: )/y;

/** Where a number ends, with that of a thread behind it (`12:0`). */
function pidEnd(text: string, from: number): number {
  const end = digitsEnd(text, from);
  return text[end] === ":" ? digitsEnd(text, end + 1) : end;
}

/** `program:`, `program[12]:`, `program[12:0]`, `program[12] (unit):`: where it ends, and what it says; -1 if there is none. */
export function readTag(head: Head, from: number): boolean {
  const { text } = head;
  let end = from;
  let pidAt = -1;
  for (; end - from < 100; end += 1) {
    const code = text.charCodeAt(end);
    if (code === SPACE || Number.isNaN(code)) break;
    if (code === 91 && isDigit(text.charCodeAt(end + 1)) && text[pidEnd(text, end + 1)] === "]") {
      pidAt = end + 1;
      break;
    }
    // A colon inside, as addresses and `a::b` have it, is part of a word.
    if (code === 58 && (text.charCodeAt(end + 1) === SPACE || end + 1 === text.length)) break;
  }
  if (end === from) return false;
  if (pidAt === -1 && text.charCodeAt(end) === SPACE) {
    wordyTag.lastIndex = from;
    const found = wordyTag.exec(text)?.[0];
    if (found === undefined) return false;
    end = from + found.length;
    if (found.endsWith("]")) {
      end = text.lastIndexOf("[", end);
      pidAt = end + 1;
    }
  }
  const program = text.slice(from, end);
  let at = end;
  let pid: number | undefined;
  if (pidAt !== -1) {
    at = digitsEnd(text, pidAt);
    if (at - pidAt <= 10) pid = numberAt(text, pidAt, at);
    at = pidEnd(text, pidAt) + 1;
    if (text[at] === " " && text[at + 1] === "(") {
      const group = groupEnd(text, at + 1);
      if (group !== -1 && text[group] === ":") at = group;
    }
  } else if (text[at] !== ":") return false;
  if (text[at] === ":") at += 1;
  else if (text[at] !== " " && at !== text.length) return false;
  head.program = program;
  head.pid = pid;
  head.rest = spacesEnd(text, at);
  return true;
}

/** A word that may name a machine. */
function isHost(text: string, from: number, end: number): boolean {
  if (end - from > 255 || end === from) return false;
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (
      !(
        isLetter(code) ||
        isDigit(code) ||
        code === 45 ||
        code === 46 ||
        code === 58 ||
        code === 95 ||
        code === 47 ||
        code === 64
      )
    )
      return false;
  }
  return true;
}

/** Host and tag of an RFC 3164 header behind its time (`strict`: both must be there), or the tag alone. */
export function readHostAndTag(head: Head, strict: boolean): boolean {
  const { text } = head;
  const from = spacesEnd(text, head.rest);
  const hostEnd = wordEnd(text, from);
  if (text[hostEnd - 1] === ":" || text[hostEnd - 1] === "]") return readTag(head, from);
  if (!isHost(text, from, hostEnd)) return false;
  let next = spacesEnd(text, hostEnd);
  if (text.startsWith("-- ", next)) next = spacesEnd(text, next + 3);
  const tagged = readTag(head, next);
  if (!tagged && strict) return false;
  head.host ??= text.slice(from, hostEnd);
  if (!tagged) head.rest = next;
  return true;
}

const topics = /[a-z][a-z0-9-]*(?:,[a-z!][a-z0-9-]*)+ /y;

/** A host and, instead of a tag, RouterOS's topics (`system,error,critical `) or a JSON object. */
export function readTopics(head: Head): boolean {
  const { text } = head;
  const from = spacesEnd(text, head.rest);
  const hostEnd = wordEnd(text, from);
  const next = spacesEnd(text, hostEnd);
  if (!isHost(text, from, hostEnd)) return false;
  if (text[next] !== "{") {
    topics.lastIndex = next;
    const found = topics.exec(text)?.[0].trim();
    if (found === undefined) return false;
    const words = found.split(",");
    head.program = words[0];
    head.severity = words.map(severityOf).findLast((severity) => severity !== undefined);
  }
  head.host = text.slice(from, hostEnd);
  head.rest = text[next] === "{" ? next : topics.lastIndex;
  return true;
}
