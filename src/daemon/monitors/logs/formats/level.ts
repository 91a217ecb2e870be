import type { LogSeverity } from "../record.ts";
import { isLetter } from "./scan.ts";

const words: Record<LogSeverity, string> = {
  emerg: "emerg emergency panic",
  alert: "alert",
  crit: "crit critical fatal ftl failure",
  err: "err error eror severe",
  warning: "warning warn wrn",
  notice: "notice note",
  info: "info inf information informational log config system status hint detail statement",
  debug: "debug dbg trace trc verbose vrb fine finer finest silly debug1 debug2 debug3 debug4 debug5",
};
const severities = new Map<string, LogSeverity>();
for (const [severity, list] of Object.entries(words) as [LogSeverity, string][])
  for (const word of list.split(" ")) {
    severities.set(word, severity);
    severities.set(word.toUpperCase(), severity);
    severities.set(`${word.slice(0, 1).toUpperCase()}${word.slice(1)}`, severity);
  }

/** Android's, glog's and Gitea's single letters. */
const letters = new Map<string, LogSeverity>([
  ["V", "debug"],
  ["T", "debug"],
  ["D", "debug"],
  ["I", "info"],
  ["N", "notice"],
  ["W", "warning"],
  ["E", "err"],
  ["C", "crit"],
  ["F", "crit"],
]);

/** The severity that a word names, in any of the spellings of logs; undefined if it names none. */
export const severityOf = (word: string): LogSeverity | undefined => severities.get(word);

/** The severity that one letter stands for. */
export const severityOfLetter = (letter: string): LogSeverity | undefined => letters.get(letter);

/** Syslog's numbers, and those from 10 on that Bunyan, pino and Python count by. */
export function severityOfNumber(value: number): LogSeverity | undefined {
  const syslog = (["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const)[value];
  if (syslog || value < 10 || !Number.isFinite(value)) return syslog;
  return value >= 60 ? "crit" : value >= 50 ? "err" : value >= 40 ? "warning" : value >= 30 ? "info" : "debug";
}

const isOfWord = (code: number): boolean => isLetter(code) || (code >= 49 && code <= 53);

/** Where the word ends that begins at `from` and may be a level: letters, at most 13. */
export function levelEnd(text: string, from: number): number {
  let at = from;
  while (at - from < 14 && isOfWord(text.charCodeAt(at))) at += 1;
  return at;
}

/** The severity that stands at the start of a message, as `error:`, `[warn]` or `<Notice>`, which stays part of it. */
export function severityOfMessage(text: string, from: number): LogSeverity | undefined {
  const code = text.charCodeAt(from);
  const bracket = code === 91 || code === 60;
  if (!bracket && !isLetter(code)) return undefined;
  const start = bracket ? from + 1 : from;
  const end = levelEnd(text, start);
  const next = text.charCodeAt(end);
  if (bracket ? next !== 93 && next !== 62 : next !== 58) return undefined;
  return severityOf(text.slice(start, end));
}
