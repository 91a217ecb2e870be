import { readApplication } from "./application.ts";
import { readFilterlog } from "./filterlog.ts";
import type { Head } from "./head.ts";
import { readLogger, readTime, readUptime } from "./header.ts";
import { readJson } from "./json-line.ts";
import { readAudit, readLogfmt, readPacket } from "./key-values.ts";
import { severityOfNumber } from "./level.ts";
import { isDigit, isLetter } from "./scan.ts";
import type { Stamps } from "./stamp.ts";
import { readAccess, readRequest } from "./web.ts";

/** A program's own `time level component: ` behind syslog's header, whose time counts. */
function readNested(head: Head, stamps: Stamps): void {
  const { rest, at } = head;
  if (readTime(head, stamps, rest) && stamps.dated && (readApplication(head) || readLogger(head))) head.at = at;
  else Object.assign(head, { rest, at });
}

/** What stands behind the header may be in a format of its own: a kernel's time, JSON, pairs, a web server's line. */
export function readBody(head: Head, stamps: Stamps): void {
  const { text } = head;
  if (head.message !== undefined) return;
  if (text.charCodeAt(head.rest) === 91 && head.program === "kernel") readUptime(head);
  const code = text.charCodeAt(head.rest);
  if (code === 123) {
    if (readJson(head, stamps)) return;
  } else if (isDigit(code)) {
    if (readFilterlog(head)) return;
    if (head.program !== undefined && head.host !== undefined) {
      if (readAccess(head, stamps)) return readRequest(head, true);
      readNested(head, stamps);
    }
  } else if (isLetter(code)) {
    if (readAudit(head)) return;
    if (head.program === "kernel" && readPacket(head)) return;
    if (readLogfmt(head, stamps)) return;
  } else if (head.program === "kernel" && readPacket(head)) return;
  else readCisco(head);
  if (head.access) readRequest(head, true);
  else if (text.indexOf(" HTTP/", head.rest) !== -1) readRequest(head, false);
}

/** What a container wrote, as Kubernetes keeps it: `stdout F ` behind a time (its CRI format). */
export function readContainer(head: Head): boolean {
  const { text, rest } = head;
  if (!text.startsWith("stdout ", rest) && !text.startsWith("stderr ", rest)) return false;
  if ((text[rest + 7] !== "F" && text[rest + 7] !== "P") || text[rest + 8] !== " ") return false;
  head.rest = rest + 9;
  return true;
}

const cisco =
  /(?:: )?(?:[*.]?[A-Z][a-z]{2} [ \d]\d [\d:.]+(?: [A-Z]{3,4})?: )?%([A-Z][A-Z0-9_-]{1,30}-([0-7])-[A-Z0-9_]{1,40}): /y;

/** `%ASA-6-302013: message`, a time of its own before it or not: the number is syslog's severity. */
function readCisco(head: Head): void {
  cisco.lastIndex = head.rest;
  const [, program, severity] = cisco.exec(head.text) ?? [];
  if (program === undefined) return;
  head.program = program;
  head.severity = severityOfNumber(Number(severity));
  head.rest = cisco.lastIndex;
}
