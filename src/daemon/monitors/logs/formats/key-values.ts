import type { Head } from "./head.ts";
import { severityOf } from "./level.ts";
import { roleOf, setField } from "./names.ts";
import { isDigit, isLetter, spacesEnd, wordEnd } from "./scan.ts";
import type { Stamps } from "./stamp.ts";

const isOfKey = (code: number): boolean => isLetter(code) || isDigit(code) || code === 95 || code === 45 || code === 46;

/** Goes through `key=value key="quoted value" …`; `take` is told where each value lies. Words without `=` are passed over. */
function eachPair(text: string, from: number, take: (key: string, start: number, end: number) => void): number {
  let at = from;
  let count = 0;
  while (at < text.length && count < 64) {
    at = spacesEnd(text, at);
    let end = at;
    while (isOfKey(text.charCodeAt(end))) end += 1;
    if (end > at && text.charCodeAt(end) === 61) {
      const quoted = text.charCodeAt(end + 1) === 34;
      const start = quoted ? end + 2 : end + 1;
      const last = quoted ? quoteEnd(text, start) : valueEnd(text, start);
      take(text.slice(at, end), start, last);
      count += 1;
      at = quoted ? last + 1 : last;
    } else {
      at = wordEnd(text, end);
    }
  }
  return count;
}

function quoteEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1;
  return Math.min(at, text.length);
}

function valueEnd(text: string, from: number): number {
  const at = wordEnd(text, from);
  const last = text.charCodeAt(at - 1);
  // Pairs may have commas or semicolons between them.
  return at > from && (last === 44 || last === 59) ? at - 1 : at;
}

const leading = /[A-Za-z@_][\w.-]{0,30}=/y;

/** logfmt: `time=… level=info msg="…" key=value`, of three pairs at least or two that are known. */
export function readLogfmt(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  leading.lastIndex = rest;
  if (!leading.test(text)) return false;
  const fields: Record<string, string> = {};
  let known = 0;
  let messageAt = -1;
  let messageEnd = -1;
  const count = eachPair(text, rest, (key, start, end) => {
    const role = roleOf(key);
    if (role === undefined) return;
    const value = text.slice(start, end);
    if (role === "at") {
      if (stamps.read(value, 0) !== -1) head.at ??= stamps.at;
      known += 1;
    } else if (role === "level") {
      const severity = severityOf(value);
      if (severity) known += 1;
      head.severity ??= severity;
    } else if (role === "message") {
      known += 1;
      if (messageAt === -1) [messageAt, messageEnd] = [start, end];
    } else if (role === "host") head.host ??= value;
    else if (role === "program") head.program ??= value;
    else if (role !== "pid") setField(fields, role, value);
  });
  if (known < 2 && count < 3) return false;
  if (messageAt !== -1 && messageEnd > messageAt && known >= 2) {
    head.rest = messageAt;
    head.end = messageEnd;
  }
  if (Object.keys(fields).length > 0) head.fields = fields;
  return true;
}

/** auditd: `type=SYSCALL msg=audit(1700000000.123:45): key=value …`; with or without `node=` before. */
export function readAudit(head: Head): boolean {
  const { text, rest } = head;
  if (!text.startsWith("type=", rest) && !text.startsWith("node=", rest)) return false;
  const mark = text.indexOf("msg=audit(", rest);
  if (mark === -1 || mark - rest > 160) return false;
  const open = mark + 10;
  const close = text.indexOf("):", open);
  if (close === -1 || close - open > 40) return false;
  const at = Number(text.slice(open, text.indexOf(":", open)));
  if (Number.isFinite(at)) head.at = Math.round(at * 1_000);
  const type = text.indexOf("type=", rest);
  const fields: Record<string, string> = { action: text.slice(type + 5, Math.max(type + 5, text.indexOf(" ", type))) };
  head.program = "audit";
  eachPair(text, close + 2, (key, start, end) => {
    const value = text.slice(start, end);
    if (key === "addr" || key === "acct" || key === "hostname") {
      const role = key === "acct" ? "user" : "src";
      if (value !== "?") setField(fields, role, value);
    } else if (key === "pid" && /^\d{1,10}$/.test(value)) head.pid = Number(value);
    else if (
      key === "comm" ||
      key === "exe" ||
      key === "res" ||
      key === "success" ||
      key === "key" ||
      key === "uid" ||
      key === "auid"
    )
      setField(fields, key, value);
  });
  head.fields = fields;
  head.rest = spacesEnd(text, close + 2);
  return true;
}

/** iptables and ufw: `… IN=eth0 OUT= SRC=… DST=… PROTO=TCP SPT=… DPT=…`. */
export function readPacket(head: Head): boolean {
  const { text, rest } = head;
  const src = text.indexOf("SRC=", rest);
  if (src === -1 || text.indexOf(" DST=", src) === -1) return false;
  const fields: Record<string, string> = {};
  const inAt = text.indexOf("IN=", rest);
  const prefix = text.slice(rest, inAt === -1 || inAt > src ? src : inAt);
  const action = /\b(BLOCK|DROP|DENY|DENIED|REJECT|ALLOW|ACCEPT|AUDIT|LIMIT BLOCK|LOG)/i.exec(prefix)?.[1];
  if (action !== undefined) fields["action"] = action.toLowerCase();
  eachPair(text, src, (key, start, end) => {
    const role = packetRoles[key];
    if (role !== undefined) setField(fields, role, text.slice(start, end));
  });
  if (fields["proto"] !== undefined) fields["proto"] = fields["proto"].toLowerCase();
  head.fields = fields;
  return true;
}

const packetRoles: Record<string, string> = { SRC: "src", DST: "dst", SPT: "srcPort", DPT: "dstPort", PROTO: "proto" };
