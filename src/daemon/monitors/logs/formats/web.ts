import type { Head } from "./head.ts";
import { severityOf } from "./level.ts";
import { setAddress, setField } from "./names.ts";
import { digitsEnd, groupEnd, isDigit, numberAt, spacesEnd, wordEnd } from "./scan.ts";
import type { Stamps } from "./stamp.ts";

/** A word that can be an address, with a port or not, or what stands for one (`<IP:3f>`). */
const looksLikeAddress = /^(?:\[?[\dA-Fa-f:.]{3,45}\]?(?::\d{1,5})?|<[A-Za-z][^<> ]{1,40}>)$/;
export const isAddress = (word: string): boolean =>
  looksLikeAddress.test(word) &&
  (word.includes(".") || word.includes("::") || word.startsWith("<") || word.split(":").length > 4);

/** Fields that say where from. */
export function addressFields(word: string): Record<string, string> {
  const fields: Record<string, string> = {};
  setAddress(fields, "src", word);
  return fields;
}

/**
 * NCSA common and combined log format: `address ident user [06/May/2024:07:08:09 +0000] "…" …`, a virtual host or more
 * before it, and HAProxy's `address:port [time] frontend …`. https://httpd.apache.org/docs/2.4/logs.html
 */
export function readAccess(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  const open = text.indexOf(" [", rest);
  if (open === -1 || open - rest > 400 || (text[open + 4] !== "/" && text[open + 3] !== "/")) return false;
  const end = stamps.read(text, open + 2);
  if (end === -1 || text[end] !== "]") return false;
  const words = text
    .slice(rest, open)
    .split(" ")
    .filter((word) => word !== "");
  const fields: Record<string, string> = {};
  const src = words.find(isAddress) ?? (words.length > 3 ? words[1] : words[0]);
  if (src !== undefined && src !== "-") setAddress(fields, "src", src);
  if (words.length >= 3) setField(fields, "user", words.at(-1) ?? "");
  head.at = stamps.at;
  head.rest = spacesEnd(text, end + 1);
  head.fields = fields;
  head.access = true;
  return true;
}

const methods =
  /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PROPFIND|PROPPATCH|REPORT|MKCOL|COPY|MOVE|LOCK|UNLOCK|SEARCH|DEBUG|TRACK|PURGE)$/;
const status = /^["']?,? ?(\d{3})\b/;

/** A request and what became of it, wherever a message has `"GET /path HTTP/1.1" 404`; `access`: it may be anything quoted. */
export function readRequest(head: Head, access: boolean): void {
  const { text, rest } = head;
  const open = text.indexOf('"', rest);
  if (open === -1) return;
  const methodEnd = wordEnd(text, open + 1);
  const method = text.slice(open + 1, methodEnd > open + 12 ? open + 1 : methodEnd);
  const known = methods.test(method);
  if (!known && !access) return;
  const close = closingQuote(text, open + 1);
  const fields = head.fields ?? {};
  if (known) {
    const version = text.lastIndexOf(" HTTP/", close);
    fields["method"] = method;
    const path = text.slice(methodEnd + 1, version > methodEnd ? version : close).trim();
    if (path !== "") fields["path"] = path;
  } else if (close > open + 1) fields["path"] = text.slice(open + 1, close);
  // HAProxy has it before the request.
  const code =
    status.exec(text.slice(close, close + 8))?.[1] ??
    (access && open > rest ? / ([1-5]\d\d) /.exec(text.slice(rest, open))?.[1] : undefined);
  if (code !== undefined) fields["status"] ??= code;
  setAgent(text, close + 1, fields);
  if (fields["src"] === undefined) {
    const before = text
      .slice(Math.max(rest, open - 200), open)
      .split(" ")
      .find(isAddress);
    if (before !== undefined) setAddress(fields, "src", before);
  }
  head.fields = fields;
}

/** The user agent is the second quoted text behind the request. */
function setAgent(text: string, from: number, fields: Record<string, string>): void {
  const referer = text.indexOf('"', from);
  if (referer === -1) return;
  const refererEnd = closingQuote(text, referer + 1);
  const agent = text.indexOf('"', refererEnd + 1);
  if (agent === -1) return;
  setField(fields, "agent", text.slice(agent + 1, closingQuote(text, agent + 1)));
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at > 0 && text[at - 1] === "\\") at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

/** Apache's error log behind its time: `[module:level] [pid 1:tid 2] [client 192.0.2.1:40] message`. */
export function readApacheError(head: Head): boolean {
  const { text } = head;
  const from = spacesEnd(text, head.rest);
  const group = groupEnd(text, from, 60);
  if (group === -1 || text[from] !== "[") return false;
  const inside = text.slice(from + 1, group - 1);
  const colon = inside.indexOf(":");
  const severity = severityOf(inside.slice(colon + 1));
  if (!severity) return false;
  head.severity = severity;
  if (colon > 0) head.program = inside.slice(0, colon);
  head.rest = spacesEnd(text, group);
  if (text.startsWith("[pid ", head.rest)) {
    const end = groupEnd(text, head.rest, 80);
    if (end !== -1) {
      const pid = numberAt(text, head.rest + 5, digitsEnd(text, head.rest + 5));
      if (pid >= 0) head.pid = pid;
      head.rest = spacesEnd(text, end);
    }
  }
  return true;
}

/** nginx's error log behind its level: `123#456: *789 message, client: 192.0.2.1, server: …, request: "…"`. */
export function readNginxError(head: Head): boolean {
  const { text } = head;
  const from = spacesEnd(text, head.rest);
  const pidEnd = digitsEnd(text, from);
  if (pidEnd === from || text[pidEnd] !== "#") return false;
  const threadEnd = digitsEnd(text, pidEnd + 1);
  if (text[threadEnd] !== ":") return false;
  head.pid = numberAt(text, from, pidEnd);
  head.program ??= "nginx";
  let at = spacesEnd(text, threadEnd + 1);
  if (text[at] === "*" && isDigit(text.charCodeAt(at + 1))) at = spacesEnd(text, digitsEnd(text, at + 1));
  head.rest = at;
  return true;
}

const client = /\bclient:? "?([^\s,\]"]{3,60})/;

/** The address that a web server's error log names as `[client …]` or `, client: …`. */
export function readClient(head: Head): void {
  const { text, rest } = head;
  const at = text.indexOf("client", rest);
  if (at === -1) return;
  const found = client.exec(text.slice(at, at + 80))?.[1];
  if (found === undefined || !isAddress(found)) return;
  const fields = head.fields ?? {};
  setAddress(fields, "src", found);
  head.fields = fields;
}
