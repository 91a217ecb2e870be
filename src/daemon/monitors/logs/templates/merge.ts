import { type Piece, pieceOf } from "./pieces.ts";

/** One template: its pieces, and what became of it. */
export interface Node {
  /** Its number. */
  group: number;
  pieces: Piece[];
  count: number;
  /** Once somebody has asked. */
  id?: string;
  /** The one that it is part of by now. */
  into?: Node;
}

/** Adds up what is alike in two messages, place by place, so that a place can be left out again. */
export interface Sum {
  high: number;
  low: number;
}

export function add(sum: Sum, likeness: number, place: number, sign: 1 | -1 = 1): void {
  let mixed = Math.imul(likeness ^ Math.imul(place + 1, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 13;
  const again = Math.imul(mixed, 0xc2b2ae35);
  sum.high = (sum.high + sign * mixed) | 0;
  sum.low = (sum.low + sign * (again ^ (again >>> 16))) | 0;
}

/** 53 bits of it. */
export const keyOf = ({ high, low }: Sum): number => (high >>> 0) * 2 ** 21 + (low >>> 11);

export function sumOf(pieces: readonly Piece[]): Sum {
  const sum = { high: 0, low: 0 };
  for (const [place, { likeness }] of pieces.entries()) add(sum, likeness, place);
  return sum;
}

const wildcards = [pieceOf("<*>"), pieceOf(" <*>")] as const;
export const wildcardFor = ({ text }: Piece): Piece => wildcards[text.startsWith(" ") ? 1 : 0];

/** What stands for both. */
function common(a: Piece, b: Piece): Piece {
  if (a.text === b.text) return a;
  const [left, right] = [a, b].map(({ text }) => text.replaceAll(/\d+/g, "<NUM>"));
  return left !== undefined && left === right ? pieceOf(left) : wildcardFor(a);
}

/** Makes a template stand for these pieces too, which are as many. */
export function widen(node: Node, pieces: readonly Piece[]): void {
  for (const [place, piece] of pieces.entries()) {
    const own = node.pieces[place];
    if (own && own.text !== piece.text) node.pieces[place] = common(own, piece);
  }
}

/** After these a word names something, rather than saying what happened. */
const introduces =
  /^(?:a[st]|by|for|from|in|named?|of|on|to|using|via|with|called|is|was|user|host|group|account|domain|service|unit|device|interface|process|program|file|module|package|job|task|session|id)$/i;

/** Something is named there: it was introduced, or has digits in it. */
const isName = (pieces: readonly Piece[], place: number): boolean =>
  pieces[place]?.kind === "mixed" || introduces.test(pieces[place - 1]?.text.trim() ?? "");

/** How many templates must differ in a place, all else being alike, before it is taken for one where something varies. */
export interface Evidence {
  /** With a mask or digits among them: that shows that it does vary. */
  masked: number;
  /** After a word that introduces a name. */
  introduced: number;
  /** Elsewhere, but for the first word, which says what happened unless it looks like a name. */
  word: number;
  first: number;
  /** In each of two places together where something is named: `from NEW to RUNNING`. */
  pair: number;
  /** In each of any places together, where their words are such as no more than two have. */
  many: number;
}

export const usualEvidence: Evidence = { masked: 2, introduced: 3, word: 5, first: 16, pair: 3, many: 8 };

const RARE = 2;
/** So many names of a message are looked at two by two. */
const NAMES = 6;

function needed(pieces: readonly Piece[], place: number, values: readonly Piece[], evidence: Evidence): number {
  if (values.some(({ kind }) => kind === "mask" || kind === "mixed")) return evidence.masked;
  if (place === 0 && !values.every(({ text }) => /\w[.@/\-_]\w/.test(text))) return evidence.first;
  return isName(pieces, place) ? evidence.introduced : evidence.word;
}

/** Two letters together, outside of masks: without any, nothing would be left that says what a message is. */
export const tells = ({ kind, text }: Piece): boolean => kind !== "mask" && /[A-Za-z]{2}/.test(text);

/** Templates that differ in these places only. */
interface Choice {
  places: number[];
  nodes: Node[];
}

/** How many have the same word at a place. */
const frequencyKey = (likeness: number, place: number): number => (likeness >>> 0) * 256 + place;

function frequencies(nodes: readonly Node[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { pieces } of nodes) {
    for (const [place, { likeness }] of pieces.entries()) {
      const key = frequencyKey(likeness, place);
      found.set(key, (found.get(key) ?? 0) + 1);
    }
  }
  return found;
}

/** The places that may vary: each by itself, two with names, and all where its word is one that few have. */
function* candidates(pieces: readonly Piece[], frequency: ReadonlyMap<number, number>): Generator<number[]> {
  const open = pieces.flatMap(({ kind }, place) => (kind === "fixed" ? [] : [place]));
  for (const place of open) yield [place];
  const names = open.filter((place) => isName(pieces, place)).slice(0, NAMES);
  for (const [i, first] of names.entries()) for (const second of names.slice(i + 1)) yield [first, second];
  const rare = open.filter((place) => {
    const { kind = "mask", likeness = 0 } = pieces[place] ?? {};
    return kind !== "mask" && (frequency.get(frequencyKey(likeness, place)) ?? 0) <= RARE;
  });
  if (rare.length > 1) yield rare;
}

/** All choices that there are, by what is left without their places. */
function choices(nodes: readonly Node[]): Choice[] {
  const alone = new Map<number, Node>();
  const found = new Map<number, Choice>();
  const frequency = frequencies(nodes);
  for (const node of nodes) {
    const sum = sumOf(node.pieces);
    for (const places of candidates(node.pieces, frequency)) {
      const rest = { ...sum };
      for (const place of places) add(rest, node.pieces[place]?.likeness ?? 0, place, -1);
      // Which places they are is part of the key.
      for (const place of places) add(rest, 0, place);
      const key = keyOf(rest);
      const other = alone.get(key);
      if (!other) alone.set(key, node);
      else {
        const choice = found.get(key) ?? { places, nodes: [other] };
        choice.nodes.push(node);
        found.set(key, choice);
      }
    }
  }
  return [...found.values()];
}

function evidentlyVaries({ places, nodes }: Choice, evidence: Evidence): boolean {
  const pieces = nodes[0]?.pieces ?? [];
  const [place = 0, other] = places;
  if (!pieces.some((piece, i) => !places.includes(i) && tells(piece))) return false;
  if (other === undefined) {
    const values = nodes.flatMap((node) => node.pieces[place] ?? []);
    return nodes.length >= needed(pieces, place, values, evidence);
  }
  const arePair = places.length === 2 && places.every((each) => isName(pieces, each));
  const least = arePair ? evidence.pair : evidence.many;
  return places.every((each) => new Set(nodes.map((node) => node.pieces[each]?.likeness)).size >= least);
}

/** Makes one of those that are alike; the oldest stays. */
function unite(nodes: readonly Node[]): Node[] {
  const byKey = new Map<number, Node>();
  for (const node of nodes) {
    const key = keyOf(sumOf(node.pieces));
    const older = byKey.get(key);
    if (!older) byKey.set(key, node);
    else {
      widen(older, node.pieces);
      older.count += node.count;
      if (node.id) older.id ??= node.id;
      node.into = older;
      node.pieces = [];
    }
  }
  return [...byKey.values()];
}

/**
 * Merges templates that differ only where something evidently varies, until there are none: a template for each thing
 * that a programmer wrote. They all have as many pieces and the same brackets. Returns those that are left.
 */
export function merge(nodes: readonly Node[], evidence = usualEvidence): Node[] {
  let left = unite(nodes);
  for (let again = true; again && left.length > 1;) {
    again = false;
    for (const choice of choices(left).filter((each) => evidentlyVaries(each, evidence))) {
      for (const node of choice.nodes) {
        for (const place of choice.places) {
          const piece = node.pieces[place];
          if (!piece || piece.kind === "mask") continue;
          node.pieces[place] = wildcardFor(piece);
          again = true;
        }
      }
    }
    if (again) left = unite(left);
  }
  return left;
}
