import type { Span } from "./rule.ts";

// PEM (RFC 7468), OpenSSH's, PGP's and PuTTY's private keys. In logs their line ends may be written out.
const begin = /-{4,5} ?BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-Lines: ?\d{1,3}/;
const end = /-{4,5} ?END [A-Z0-9 ]{1,60}-{4,5}|Private-(?:MAC|Hash): ?([0-9a-f]{32,128})/;
/** A header in front, then nothing but a piece of Base64: what a key's line looks like in a log. */
const piece = /(?:^|[^\w+/=-])([A-Za-z0-9+/=]{1,4096})["',\s]*$/;
/** A mail server asks for a password: the next piece that is said is one. */
const question = "334 UGFzc3dvcmQ6";
const shown = /^(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset)$/;

/** The longest key there is has fewer lines: a begin whose end never comes must not blot out what follows. */
const longest = 120;

/** A line of a key inside a block: whatever is long enough, or stands alone behind the header. */
function pieceOf(text: string): Span[] {
  const [all = "", base64 = ""] = piece.exec(text) ?? [];
  if (base64 === "") return [];
  const from = text.length - all.length + all.indexOf(base64);
  const before = text.slice(0, from).trimEnd();
  const alone = before === "" || /[:\]<>|"'-]$/.test(before) || base64.length >= 24;
  return alone && !shown.test(before.slice(0, -1)) ? [{ from, to: from + base64.length, kind: "private-key" }] : [];
}

/** Follows private keys over their lines, and the answers to a mail server. Call it once a line, in order. */
export function createBlock(): (text: string) => Span[] {
  let left = 0;
  let asked = 0;

  /** The part of the line from `at` on that lies in a key. */
  function rest(text: string, at: number): Span[] {
    const closing = end.exec(text.slice(at));
    const to = closing ? at + closing.index : text.length;
    left = closing ? 0 : longest;
    // An empty rest, a quote or a written line end are no secret.
    return /[A-Za-z0-9+/]{4}/.test(text.slice(at, to)) ? [{ from: at, to, kind: "private-key" }] : [];
  }

  function answerOf(text: string): Span[] {
    const spans = pieceOf(text);
    if (spans.length > 0) asked = 0;
    return spans;
  }

  return (text) => {
    const opening = text.includes("PRIVATE KEY") || text.includes("Private-Lines") ? begin.exec(text) : null;
    if (opening) return rest(text, opening.index + opening[0].length);
    if (text.includes(question)) asked = 3;
    if (left === 0) return asked > 0 && asked-- < 3 ? answerOf(text) : [];
    left--;
    const closing = end.exec(text);
    if (!closing) return pieceOf(text);
    left = 0;
    const mac = closing[1] ?? "";
    const from = closing.index + closing[0].length - mac.length;
    const before = closing.index > 0 && mac === "" ? pieceOf(text.slice(0, closing.index)) : [];
    return mac === "" ? before : [{ from, to: from + mac.length, kind: "private-key" }];
  };
}
