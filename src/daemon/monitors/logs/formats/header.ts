import { readApplication, readBehindLevel, readLeadingLevel } from "./application.ts";
import { isWeekdayAt } from "./calendar.ts";
import type { Head } from "./head.ts";
import { severityOf, severityOfLetter } from "./level.ts";
import { readBars, readCapitals, readNodeRow, readNumberedRow } from "./rows.ts";
import { digitsEnd, groupEnd, isDigit, isLetter, numberAt, spacesEnd, wordEnd } from "./scan.ts";
import type { Stamps } from "./stamp.ts";
import { readFlat, readHostAndTag, readPriority, readTopics } from "./syslog.ts";
import { addressFields, isAddress, readAccess, readApacheError, readClient, readNginxError } from "./web.ts";

/** The time that begins at `from`, brackets around it and what else they hold taken with it; false if none does. */
export function readTime(head: Head, stamps: Stamps, from: number): boolean {
  const { text } = head;
  const open = text[from];
  const bracketed = open === "[" || open === "(" || open === "<";
  let end = stamps.read(text, bracketed ? from + 1 : from);
  if (end === -1) return false;
  if (bracketed) {
    const close = groupEnd(text, from, 60);
    if (close === -1) return false;
    end = close;
  }
  const next = text[end];
  // A number that goes on was no time.
  if (!stamps.dated && next !== undefined && next !== " ") return false;
  head.at = stamps.at;
  head.rest = end;
  return true;
}

/** Splits off what stands before a line's message: time, host, program, level, in whichever order they come. */
export function readHeader(head: Head, stamps: Stamps): void {
  const { text } = head;
  head.rest = spacesEnd(text, head.rest);
  const prioritised = readPriority(head);
  if (prioritised && readFlat(head, stamps)) return;
  const from = head.rest;
  const first = text.charCodeAt(from);
  if (first === 123) return;
  if (readNodeRow(head, stamps)) {
    if (!readCapitals(head)) readHostAndTag(head, false);
    return;
  }
  if (readTime(head, stamps, from)) {
    if (first === 91 && isWeekdayAt(text, from + 1) && readApacheError(head)) return readClient(head);
    return readBehindTime(head, isLetter(first) || prioritised);
  }
  if (first === 91 && readUptime(head)) return readBehindUptime(head);
  if (readGlog(head, stamps)) return;
  if (readAccess(head, stamps)) return;
  if (readNumberedRow(head, stamps)) return;
  if (readLeadingLevel(head)) {
    if (readTime(head, stamps, head.rest)) readBehindTime(head, false);
    else readBehindLevel(head);
    return;
  }
  readPrefixed(head, stamps);
}

/** dmesg: `[   12.345678] `. It counts from the start of the machine, so it says no time. */
export function readUptime(head: Head): boolean {
  const { text, rest } = head;
  if (text.charCodeAt(rest) !== 91) return false;
  const seconds = spacesEnd(text, rest + 1);
  const dot = digitsEnd(text, seconds);
  if (dot === seconds || text[dot] !== ".") return false;
  const end = digitsEnd(text, dot + 1);
  if (text[end] !== "]") return false;
  head.program ??= "kernel";
  head.rest = spacesEnd(text, end + 1);
  return true;
}

/** journalctl puts a host and a tag behind a kernel's time; else `usb 1-1: …` is the message. */
function readBehindUptime(head: Head): void {
  const { rest } = head;
  const journal = readHostAndTag(head, true) && head.host !== undefined;
  if (journal && (head.pid !== undefined || head.program === "kernel")) return;
  Object.assign(head, { rest, host: undefined, program: "kernel", pid: undefined });
}

/** glog and klog: `I0506 07:08:09.123456   1 file.go:12] message`. */
function readGlog(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  const severity = severityOfLetter(text[rest] ?? "");
  if (!severity || digitsEnd(text, rest + 1) - rest !== 5 || text[rest + 5] !== " ") return false;
  const time = `${text.slice(rest + 1, rest + 3)}-${text.slice(rest + 3, rest + 5)}${text.slice(rest + 5, rest + 24)}`;
  const close = text.indexOf("] ", rest);
  if (close === -1 || close - rest > 120 || stamps.read(time, 0) === -1) return false;
  const place = text.lastIndexOf(" ", close) + 1;
  head.severity = severity;
  head.at = stamps.at;
  head.program = text.slice(place, close);
  const pidAt = spacesEnd(text, wordEnd(text, rest + 6));
  const pid = numberAt(text, pidAt, digitsEnd(text, pidAt));
  if (pid >= 0) head.pid = pid;
  head.rest = close + 2;
  return true;
}

/** `syslog`: the time is of a syslog line, behind which a host stands even without a tag. */
function readBehindTime(head: Head, syslog: boolean): void {
  const { text } = head;
  if (text[head.rest] === "|") return void readBars(head);
  if (syslog && text[head.rest] === " ") {
    if (readHostAndTag(head, false)) return;
  }
  if (readNginxLevel(head)) return readClient(head);
  if (readApplication(head)) return;
  if (readAndroid(head)) return;
  if (text[head.rest] === ":" || text[head.rest] === ",") head.rest += 1;
  if (readHostAndTag(head, true)) return splitChannel(head);
  if (!readTopics(head)) readDashed(head);
}

const android = / ([VDIWEF])\/([^(]{1,60}?) *\( *(\d{1,10})\): /y;

/** logcat's format `time`: `D/Component( 123): message`. */
function readAndroid(head: Head): boolean {
  android.lastIndex = head.rest;
  const [whole = "", letter = "", program, pid] = android.exec(head.text) ?? [];
  if (whole === "") return false;
  head.severity = severityOfLetter(letter);
  head.program = program;
  head.pid = Number(pid);
  head.rest += whole.length;
  return true;
}

/** Monolog's `channel.LEVEL: `. */
function splitChannel(head: Head): void {
  const { program = "" } = head;
  const dot = program.lastIndexOf(".");
  const severity = dot > 0 ? severityOf(program.slice(dot + 1)) : undefined;
  if (!severity) return;
  head.severity = severity;
  head.program = program.slice(0, dot);
}

/** nginx: `[error] 12#34: *56 …`. */
function readNginxLevel(head: Head): boolean {
  const { text, rest } = head;
  const from = spacesEnd(text, rest);
  if (text[from] !== "[") return false;
  const close = text.indexOf("]", from);
  if (close === -1 || close - from > 12 || text.indexOf("#", close) === -1) return false;
  const severity = severityOf(text.slice(from + 1, close));
  if (!severity) return false;
  head.rest = close + 1;
  if (!readNginxError(head)) {
    head.rest = rest;
    return false;
  }
  head.severity = severity;
  return true;
}

const logger = /\[([A-Za-z][\w.$-]*\.[\w.$-]+)\] +/y;
const dashed = /(?:(\w[\w.$-]{0,60}(?: \*\d+)?) -|-|\|) +/y;

/** ` [a.logger] message`. */
export const readLogger = (head: Head): boolean => readNamed(head, logger);

/** ` [a.logger] message`, ` program - message` and ` - message`. */
function readDashed(head: Head): void {
  if (!readLogger(head) && !readNamed(head, dashed)) head.rest = spacesEnd(head.text, head.rest);
}

function readNamed(head: Head, shape: RegExp): boolean {
  shape.lastIndex = spacesEnd(head.text, head.rest);
  const found = shape.exec(head.text);
  if (!found) return false;
  head.program = found[1] ?? head.program;
  head.rest = shape.lastIndex;
  return true;
}

/** A word, or a few, before the time: a file's name, a container's, an address. */
function readPrefixed(head: Head, stamps: Stamps): void {
  const { text, rest } = head;
  let at = rest;
  for (let count = 0; count < 3; count += 1) {
    const group = groupEnd(text, at, 60);
    const end = group === -1 ? wordEnd(text, at) : group;
    if (end - at > 80 || end === text.length) break;
    const next = skipBars(text, end);
    const code = text.charCodeAt(text[next] === "[" || text[next] === "(" ? next + 1 : next);
    if ((isDigit(code) || isLetter(code)) && readTime(head, stamps, next) && stamps.dated) {
      const word = text.slice(rest, wordEnd(text, rest));
      if (isAddress(word)) head.fields = addressFields(word);
      return readBehindTime(head, false);
    }
    at = next;
  }
  head.rest = rest;
  head.at = undefined;
}

function skipBars(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "|" || text[at] === "-" || text[at] === ":") at += 1;
  return at;
}
