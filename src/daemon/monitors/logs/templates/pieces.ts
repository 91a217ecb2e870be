import { maskToken } from "./mask.ts";

/** What is compared as a whole: a word, a bracket, a mask. What stood after a space begins with one. */
export interface Piece {
  text: string;
  /** Of its text. */
  hash: number;
  /** Of what is compared: all masks are alike, and so are words that differ in their digits. */
  likeness: number;
  /** `fixed` are brackets and the like, `mask` nothing but a mask, `mixed` words with a mask or a digit in them. */
  kind: "fixed" | "mask" | "mixed" | "word";
}

/** What stands between two spaces, by two hashes of it, to which digits that are masked anyway are all the same. */
interface Token {
  hash: number;
  check: number;
  pieces: Piece[];
  /** It may make one with its neighbours: a unit, a month, a quote that is open. */
  binds: boolean;
}

/** A power of two. */
const TOKENS = 1 << 14;
/** So many pieces of a message are told apart. */
const PIECES = 200;

const size = /^ [KMGT]?i?B$/;
const span = /^ (?:[nmuµ]?s|msecs?|secs?|seconds?|milliseconds?|microseconds?|mins?|minutes?|hrs?|hours?|days?)$/;
const month = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const day = new RegExp(`^ (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|${month})$`);
const inDate = new RegExp(`^ (?:<NUM>|<TIME>|UTC|GMT|[CEMP][SD]T|CES?T|${month})$`);
/** What stands in quotes after these is what a line is about. */
const says = /^ ?(?:msg|message|err|error|reason|text|event)$/i;
const wildcard = "<*>";

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The common ones, each once. */
const pieces = new Map<string, Piece>();
const COMMON = 1 << 13;

export function pieceOf(text: string): Piece {
  const known = pieces.get(text);
  if (known) return known;
  if (pieces.size >= COMMON) pieces.clear();
  const piece = newPiece(text);
  pieces.set(text, piece);
  return piece;
}

function newPiece(text: string): Piece {
  const bare = text.trimStart();
  // Two protocols, not two of a kind.
  const varies = /<[A-Z*]+>|\d/.test(text) && !/^IPv?[46]$/i.test(bare);
  const kind = /^<[A-Z*]+>$/.test(bare) ? "mask" : varies ? "mixed" : /[\p{L}\d]/u.test(bare) ? "word" : "fixed";
  const mask = text === bare ? wildcard : ` ${wildcard}`;
  const like = kind === "mask" ? mask : kind === "mixed" ? text.replaceAll(/(?:<NUM>|\d)+/g, "#") : text;
  return { text, hash: hashOf(text), likeness: hashOf(like), kind };
}

const value = pieceOf(wildcard);

function tokenOf(text: string, hash: number, check: number): Token {
  const texts = maskToken(text);
  // Nothing, in brackets of its own, is a value too.
  if (texts[0] === "(" && texts[1] === ")") texts.splice(1, 0, wildcard);
  texts[0] = ` ${texts[0]}`;
  const binds = texts.some(
    (piece, i) => (piece === '"' && texts[i - 1] === "=") || size.test(piece) || span.test(piece) || day.test(piece),
  );
  return { hash, check, pieces: texts.map(pieceOf), binds };
}

/** Makes one of what belongs together: `5 MB`, `12 seconds`, `Fri Jun 17 20:55:07 2005`, a value in quotes. */
function bind(pieces: Piece[]): Piece[] {
  const bound: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] ?? value;
    const before = bound.at(-1);
    const number = before?.text.endsWith("<NUM>") === true ? before.text : undefined;
    if (number !== undefined && size.test(piece.text)) continue;
    if (number !== undefined && span.test(piece.text)) {
      bound.pop();
      // Less than a second is a time too.
      const less = bound.at(-1)?.text === " <" && bound.pop();
      bound.push(pieceOf(less ? " <TIME>" : number.replace("<NUM>", "<TIME>")));
    } else if (day.test(piece.text) && inDate.test(pieces[i + 1]?.text ?? "")) {
      while (inDate.test(pieces[i + 1]?.text ?? "")) i++;
      bound.push(pieceOf(" <DATE>"));
    } else if (piece.text === '"' && before?.text === "=" && !says.test(bound.at(-2)?.text ?? "")) {
      const end = pieces.findIndex(({ text }, at) => at > i + 1 && (text === '"' || text === ' "'));
      bound.push(piece);
      if (end < 0) continue;
      bound.push(value);
      i = end - 1;
    } else bound.push(piece);
  }
  return bound;
}

const hasMask = ({ kind }: Piece): boolean => kind === "mask" || kind === "mixed";
const bare = (piece: Piece | undefined): string | undefined => piece?.text.trimStart();

/** Makes one of a list of what is masked alike: however long it is, it is the same template. */
function foldLists(pieces: Piece[]): Piece[] {
  const folded: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] ?? value;
    folded.push(piece);
    if (!hasMask(piece)) continue;
    for (;;) {
      const step = pieces[i + 1]?.text === "," ? 2 : 1;
      if (bare(pieces[i + step]) !== bare(piece)) break;
      i += step;
    }
  }
  return folded;
}

const SPACE = 32;
const COMMA = hashOf(",");
const DIGIT = 1;
const LETTER = 2;
/** By character; what is beyond ASCII counts as a letter. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\d/.test(character) ? DIGIT : /\w/.test(character) ? LETTER : 0;
});
const classOf = (code: number): number => (code < 128 ? (classes[code] ?? 0) : LETTER);

/**
 * Takes messages apart. It remembers the words that it met, up to a bound: most words come again. What it returns is good
 * until the next message.
 */
export function createReader(): (message: string) => Piece[] {
  let tokens: (Token | undefined)[] = Array.from({ length: TOKENS });
  let held = 0;

  function find(hash: number, check: number, message: string, from: number, to: number): Token {
    let at = (hash ^ (hash >>> 15)) & (TOKENS - 1);
    for (let known = tokens[at]; known; known = tokens[at]) {
      if (known.hash === hash && known.check === check) return known;
      at = (at + 1) & (TOKENS - 1);
    }
    const token = tokenOf(message.slice(from, to), hash, check);
    if (++held > TOKENS / 2) {
      tokens = Array.from({ length: TOKENS });
      held = 1;
      at = (hash ^ (hash >>> 15)) & (TOKENS - 1);
    }
    tokens[at] = token;
    return token;
  }

  const line: Piece[] = [];

  return (message) => {
    let pieces = line;
    pieces.length = 0;
    let binds = false;
    let lists = false;
    let last: Piece | undefined;
    const { length } = message;
    for (let i = 0; i < length && pieces.length < PIECES; i++) {
      let code = message.charCodeAt(i);
      if (code === SPACE) continue;
      const from = i;
      let hash = 0x811c9dc5;
      let check = 0;
      let before = 0;
      let kind = classOf(code);
      do {
        const next = ++i < length ? message.charCodeAt(i) : SPACE;
        const after = classOf(next);
        // A digit beside a letter may be part of a name, so it counts; any other is as good as the next.
        if (kind === DIGIT && (before === DIGIT || after === DIGIT || (before | after) === 0)) code = 48;
        hash = Math.imul(hash ^ code, 0x01000193);
        check = (Math.imul(check, 31) + code) | 0;
        code = next;
        before = kind;
        kind = after;
      } while (code !== SPACE);
      const token = find(hash, check, message, from, i);
      binds ||= token.binds;
      for (const piece of token.pieces) {
        lists ||= hasMask(piece) && last !== undefined && (hasMask(last) || last.hash === COMMA);
        last = piece;
        pieces.push(piece);
      }
    }
    if (binds) pieces = bind(pieces);
    if (binds || lists) pieces = foldLists(pieces);
    if (pieces.length >= PIECES) pieces = [...pieces.slice(0, PIECES), pieceOf(` ${wildcard}`)];
    return pieces;
  };
}
