import type { LogRecord } from "../record.ts";
import { addressesIn, plainAddress, type Sighting } from "./address.ts";

// The words that say whose address follows. Between word and address there may be signs, and a name or two (`from unknown[192.0.2.1]`).
const gap = String.raw`["'\]>]{0,3}[\s:=,({\[<"'/@|-]{0,6}(?:(?!to\b|dst\b)[\w.@-]{1,60}[\s:=({\[<"'/]{1,3}){0,2}$`;
const theirs = new RegExp(
  String.raw`(?:\b(?:from|by|van|von|desde|src|source|saddr|rip|raddr|peer|visitor|attacker|offender|ip|client|caller|r_?host)|remote(?:[-_ ]?(?:ip|addr(?:ess)?|host))?|(?:src|source|client|user|peer|visitor|caller)[-_ ]?(?:ip|addr(?:ess)?|host)s?|ip[-_ ]?addr(?:ess)?|forwarded[-_]for|real[-_]ip|new connection:?)${gap}`,
  "i",
);
const ours = new RegExp(
  String.raw`(?:\b(?:to|dst|daddr|lip|laddr|via|on|at|server|listen\w*|upstream|origin|interface|proxy|gateway|dest(?:ination)?)|local[-_ ]?(?:ip|addr(?:ess)?)|local[-_]host|(?:dst|dest(?:ination)?|server|target)[-_ ]?(?:ip|addr(?:ess)?|host)|https?:/)["'\]>]{0,3}[\s:=,({\[<"'/@-]{0,6}(?:(?:ipv[46]|udp|tcp|tls)/){0,2}$`,
  "i",
);
// Who stands behind a proxy, by what the proxy says.
const forwarded = /(?:forwarded[-_]for|real[-_]ip|client[-_]ip)["']?\s?[:=]\s?["']?$/i;
const outgoing = /\b(?:sending|sent|outgoing|outbound) (?:\w+ )?(?:packet|message|request|reply|response|query)\b/i;
const CONTEXT = 48;

/** How surely an address is the one that something came from. */
function weigh(text: string, { at, end, port }: Sighting, own: string | undefined, address: string): number {
  const before = text.slice(Math.max(0, at - CONTEXT), at);
  const leaving = outgoing.test(text.slice(0, at));
  if ((leaving ? theirs : ours).test(before)) return -2;
  if (address === own) return -1;
  // What a mail server calls itself, whom a call is for, and what stands before a request in a server's own columns.
  if (before.endsWith("...")) return 3;
  if (/\(\[$|\w@$/.test(before) || /^\s(?:GET|POST|HEAD|PUT|OPTIONS|DELETE)\s/.test(text.slice(end, end + 9)))
    return 0.5;
  const bracketed = before.endsWith("[") && /^(?::\d+)?\]/.test(text.slice(end, end + 8));
  // A port of the well-known ones is the end that was called.
  return (
    (forwarded.test(before) ? 4 : (leaving ? ours : theirs).test(before) ? 3 : bracketed ? 2 : 1) -
    (port !== undefined && port < 1024 ? 0.5 : 0)
  );
}

// Where a log has names looked up there is no address.
const hostName = /\b(?:rhost|remote host|from|client)[=:\s]{1,2}((?:[a-z\d-]{1,63}\.){2,8}[a-z]{2,24})\b(?![@/])/i;

/**
 * The address that the line's doings came from: what its format names, else the likeliest of those in its text, else
 * a host's name that stands for one.
 */
export function sourceOf({ fields, host, text }: LogRecord): string | undefined {
  const named = fields?.["src"];
  if (named !== undefined) {
    const plain = plainAddress(named) ?? addressesIn(named, 1)[0]?.address;
    if (plain !== undefined) return plain;
  }
  const own = host === undefined ? undefined : plainAddress(host);
  let best: string | undefined;
  let most = -2;
  for (const sighting of addressesIn(text)) {
    const weight = weigh(text, sighting, own, sighting.address);
    if (weight > most) [best, most] = [sighting.address, weight];
  }
  return best ?? hostName.exec(text)?.[1]?.toLowerCase();
}

const assigned =
  /\b(?:(?:user|group): name|user(?:[-_ ]?(?:name|id))?|(?<!-)login(?!\s|:\s)|logname|account(?:[-_ ]?(?:id|name))?|acct|principal(?:name)?|e-?mail|identity|sasl_username|set_id|target_?user(?:name)?|uname)["'>]{0,2}\s?(?:=|:\s?)["'<[(]{0,2}([^\s"'<>()[\],;|=]{1,64})/gi;
const quoted =
  /\b(?:for|user(?:name)?|account|login|by|add(?:ed)?|credentials of)\s(?:(?:invalid|unknown|illegal)\s)?(?:user(?:name)?\s)?["'[<`]([^"'\]>`\s]{1,64})["'\]>`]/gi;
const plain =
  /\b(?:(?:(?:invalid|illegal|unknown|nonexistent|no such)\s(?=user|account|login)|(?:retrieve|find|user for|attempt for|password for|logon for|session for|failed for|bad password for)\s)(?:user\s|account\s|login\s)?|\bfor\s(?:invalid user\s|user\s)?(?=\S{1,64} (?:from|\()|\S{1,64}$)|(?:user|username|account)\s)([\w.@+\\$-]{1,64})/gi;
const words =
  /^(?:0|from|is|not|name|names|or|and|was|has|in|on|the|a|an|to|with|by|for|at|of|user|users|username|password|login|account|authentication|auth|failed|failure|denied|unknown|invalid|illegal|null|none|undefined|database|due|does|doesn't|found|credentials?|input|id|session|data|any|agent|error|attempt|file|files|identity|service|device|process|job|server|client|connection|request|reason|address|domain|realm|access|more|next|new|all|some|this|that|it|ip|peer|nonexistent|root's|http|https|-+)$/i;

// sudo, doas and pkexec name who asks before whom they become (padded to eight characters), cron whose job it is.
const asking = /\b(?:sudo|doas|pkexec)(?:\[\d+\])?:\s{1,8}([\w.@$-]{1,64})\s?:|\(([\w.@$-]{1,64})\) CMD \(/;

// auditd: who logged in, by name where it was looked up, else by number; 4294967295 is nobody.
const auditedName = /\bAUID="(?!unset)([\w.@-]{1,64})"/;
const auditedNumber = /\bauid=(?!4294967295\b)(\d{1,10})\b/;

/** The user that the line is about: what its format names, else what stands after a word for it. */
export function userOf({ fields, text, program }: LogRecord): string | undefined {
  const [, asks, actor = asks] = asking.exec(text) ?? [];
  if (actor !== undefined && actor !== "pam_unix") return actor;
  const pseudonym = /<USER:[\da-f]{4}>/.exec(text)?.[0];
  if (pseudonym !== undefined) return pseudonym;
  if (program === "audit") {
    const audited = auditedName.exec(text)?.[1] ?? auditedNumber.exec(text)?.[1];
    if (audited !== undefined) return audited;
  }
  const named = fields?.["user"];
  if (named !== undefined && named !== "" && !words.test(named)) return named.slice(0, 64);
  for (const pattern of [assigned, quoted, plain])
    for (const [, name = ""] of text.matchAll(pattern)) {
      const user = name.replace(/^[.,:]+|[.,:]+$/g, "");
      if (/[\p{L}\d]/u.test(user) && !words.test(user) && addressesIn(user, 1).length === 0) return user;
    }
  return undefined;
}

const unit = /\b([\w@.-]{1,60})\.(?:service|socket|mount|timer|scope)\b/;
const process = /\b([\w.:/-]{1,40})\[\d+\]:? (?:segfault|trap|general protection)/;

const disk = /\b(sd[a-z]{1,2}|nvme\d+|mmcblk\d|x?vd[a-z])(?:n\d+)?(?:p?\d{1,2})?\b/;
const composed = /\b(?:md\d{1,3}|dm-\d{1,3}|ata\d{1,2})\b/;

/** The disk that a line is about, without its partition: one of its own rather than what is made of several. */
export const diskOf = ({ message }: LogRecord): string | undefined =>
  disk.exec(message)?.[1] ?? composed.exec(message)?.[0];

/** What of a machine the line is about: the unit that systemd, the process that the kernel speaks of, else who speaks. */
export function partOf({ program, host, message }: LogRecord): string | undefined {
  const spokenOf =
    program === "systemd" ? unit.exec(message)?.[0] : program === "kernel" ? process.exec(message)?.[1] : undefined;
  return spokenOf ?? program ?? host;
}
