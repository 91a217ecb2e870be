import type { Template } from "../record.ts";
import { add, type Evidence, keyOf, merge, type Node, type Sum, sumOf, tells, widen, wildcardFor } from "./merge.ts";
import { createReader, hashOf, type Piece, pieceOf } from "./pieces.ts";

/** What a miner has learnt, as JSON: hand it to `createMiner` and it goes on as if it had never stopped. */
export interface MinerState {
  /** The oldest first. */
  templates: [id: string, pieces: string[], count: number][];
  crowded: number;
}

/** Finds the templates of a stream of messages. What it holds is bounded, but for 8 bytes a group that there ever was. */
export interface Miner {
  /** Takes a message and says which group it is in: a number that stays good as long as this miner. */
  take(message: string): number;
  /** Merges groups that turned out to be one template. It happens by itself too, now and then. */
  settle(): void;
  /** The id of the group's template, as far as is known by now. Two groups may come to have the same: ask last. */
  idOf(group: number): string;
  /** All templates by now, the most frequent first. */
  templates(): Template[];
  /** How many messages are of templates that were forgotten as rare, because there were too many. */
  readonly crowded: number;
  /** Settles, and says what was learnt. */
  save(): MinerState;
}

/** So many templates are kept apart. Past that the rarer half becomes one for each number of pieces. */
const TEMPLATES = 10_000;
/** So many new ones, or half of all, and they are looked at for what they have in common. */
const NEW = 1_000;
/** So many shapes of messages are known at sight. */
const SHAPES = 1 << 17;

/** Templates with as many pieces and the same brackets: only those can be one. */
interface Family {
  byLikeness: Map<number, Node>;
  /** The places where some of them vary, the fewest first. */
  patterns: number[][];
  hasNew: boolean;
}

/** 8 characters, of 41 bits. */
const idFor = (text: string): string =>
  ((hashOf(text) >>> 0) * 2 ** 9 + (hashOf(`+${text}`) & 511)).toString(36).padStart(8, "0").slice(-8);

const textOf = ({ pieces }: Node): string =>
  pieces
    .map(({ text }) => text)
    .join("")
    .trimStart();

const rootOf = (node: Node): Node => {
  let root = node;
  while (root.into) root = root.into;
  return root;
};

function familyKey(pieces: readonly Piece[]): number {
  const sum: Sum = { high: pieces.length, low: 0 };
  for (const [place, { kind, likeness }] of pieces.entries()) if (kind === "fixed") add(sum, likeness, place);
  return keyOf(sum);
}

/** 53 bits of what a message looks like to the letter, but for what is masked. */
function shapeOf(pieces: readonly Piece[]): number {
  let high = pieces.length;
  let low = 0x811c9dc5;
  for (const { hash } of pieces) {
    high = Math.imul(high ^ hash, 0x01000193);
    low = Math.imul(low ^ (low >>> 15) ^ hash, 0x85ebca6b);
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}

const varying = ({ pieces }: Node): number[] => pieces.flatMap(({ kind }, place) => (kind === "mask" ? [place] : []));

const WILDCARD = pieceOf("<*>");

function admit(family: Family, node: Node): void {
  family.byLikeness.set(keyOf(sumOf(node.pieces)), node);
  const places = varying(node);
  if (family.patterns.some((pattern) => pattern.join() === places.join())) return;
  family.patterns.push(places);
  family.patterns.sort((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1));
}

/** The template that these pieces are of already: they differ from it only where it varies. */
function find(family: Family, pieces: readonly Piece[]): Node | undefined {
  const whole = sumOf(pieces);
  const same = family.byLikeness.get(keyOf(whole));
  if (same) return same;
  for (const places of family.patterns) {
    const sum = { ...whole };
    for (const place of places) {
      const piece = pieces[place] ?? WILDCARD;
      add(sum, piece.likeness, place, -1);
      add(sum, wildcardFor(piece).likeness, place);
    }
    const node = family.byLikeness.get(keyOf(sum));
    if (node?.pieces.some(tells)) return node;
  }
  return undefined;
}

export interface MinerOptions {
  /** How many templates are kept apart, at most. */
  limit?: number;
  evidence?: Evidence;
}

export function createMiner(state?: MinerState, { limit = TEMPLATES, evidence }: MinerOptions = {}): Miner {
  const read = createReader();
  /** By group. */
  const nodes: Node[] = [];
  const families = new Map<number, Family>();
  const byShape = new Map<number, number>();
  const ids = new Map<string, Node>();
  /** What all those are that were forgotten. */
  const crowd: Node = { group: -1, pieces: [WILDCARD], count: state?.crowded ?? 0 };
  let alive = 0;
  let fresh = 0;

  function familyOf(pieces: readonly Piece[]): Family {
    const key = familyKey(pieces);
    const known = families.get(key);
    if (known) return known;
    const family = { byLikeness: new Map(), patterns: [], hasNew: true };
    families.set(key, family);
    return family;
  }

  function place(pieces: Piece[]): Node {
    const family = familyOf(pieces);
    const known = find(family, pieces);
    if (known) {
      widen(known, pieces);
      return known;
    }
    const node = { group: nodes.length, pieces: [...pieces], count: 0 };
    nodes.push(node);
    admit(family, node);
    family.hasNew = true;
    alive++;
    fresh++;
    return node;
  }

  function settle(): void {
    if (fresh === 0) return;
    for (const family of families.values()) {
      if (!family.hasNew) continue;
      const before = [...family.byLikeness.values()];
      const left = merge(before, evidence);
      alive += left.length - before.length;
      family.byLikeness.clear();
      family.patterns = [];
      for (const node of left) admit(family, node);
      for (const node of before) {
        nodes[node.group] = rootOf(node);
        if (node.into && node.id && node.id !== rootOf(node).id) ids.delete(node.id);
      }
      family.hasNew = false;
    }
    if (alive > limit) forget();
    fresh = 0;
  }

  /** The rarer half. */
  function forget(): void {
    const all = [...families.values()].flatMap(({ byLikeness }) => [...byLikeness.values()]);
    const kept = new Set(all.toSorted((a, b) => b.count - a.count || a.group - b.group).slice(0, limit / 2));
    families.clear();
    for (const node of all) {
      if (kept.has(node)) admit(familyOf(node.pieces), node);
      else {
        crowd.count += node.count;
        if (node.id) ids.delete(node.id);
        node.into = crowd;
        nodes[node.group] = crowd;
      }
    }
    for (const family of families.values()) family.hasNew = false;
    byShape.clear();
    alive = kept.size;
  }

  function name(node: Node): string {
    if (node.id) return node.id;
    let text = textOf(node);
    while (ids.has(idFor(text))) text += "+";
    node.id = idFor(text);
    ids.set(node.id, node);
    return node.id;
  }

  /** All that are left, the oldest first. */
  const roots = (): Node[] => [...new Set(nodes.map(rootOf))].filter((node) => node !== crowd);

  for (const [id, pieces, count] of state?.templates ?? []) {
    const node: Node = { group: nodes.length, id, pieces: pieces.map(pieceOf), count };
    const family = familyOf(node.pieces);
    admit(family, node);
    family.hasNew = false;
    ids.set(id, node);
    nodes.push(node);
    alive++;
  }

  return {
    take(message) {
      const pieces = read(message);
      const shape = shapeOf(pieces);
      let group = byShape.get(shape);
      if (group === undefined) {
        if (fresh >= Math.max(NEW, alive / 2)) settle();
        if (byShape.size >= SHAPES) byShape.clear();
        ({ group } = place(pieces));
        byShape.set(shape, group);
      }
      rootOf(nodes[group] ?? crowd).count++;
      return group;
    },
    settle,
    idOf: (group) => name(rootOf(nodes[group] ?? crowd)),
    templates() {
      return [...roots(), crowd]
        .filter(({ count }) => count > 0)
        .map((node) => ({ id: name(node), text: textOf(node), count: node.count }))
        .toSorted((a, b) => b.count - a.count);
    },
    get crowded() {
      return crowd.count;
    },
    save() {
      settle();
      // Whoever goes on from here looks every shape up anew, and so does this one.
      byShape.clear();
      return {
        templates: roots().map((node) => [name(node), node.pieces.map(({ text }) => text), node.count]),
        crowded: crowd.count,
      };
    },
  };
}
