import { createSecretKey } from "node:crypto";
import { createBlock } from "./block.ts";
import { findInLayers } from "./decoded.ts";
import { createFinder } from "./finder.ts";
import { createOwnRules, type OwnRule } from "./own-rules.ts";
import { placeholderOf, placeholdersIn } from "./placeholder.ts";
import { createPseudonyms, type Pseudonyms } from "./pseudonyms.ts";
import type { Rule, Span } from "./rule.ts";
import { commands } from "./rules/commands.ts";
import { hashes } from "./rules/hashes.ts";
import { keyed } from "./rules/keyed.ts";
import { money } from "./rules/money.ts";
import { network } from "./rules/network.ts";
import { sentences } from "./rules/sentences.ts";
import { vendors } from "./rules/vendors.ts";
import { web } from "./rules/web.ts";

export interface Redactor {
  /** The line with every secret in it replaced: by the same placeholder wherever it is the same one. */
  redact(text: string): string;
  /** How many were replaced so far, and of which kinds. */
  readonly total: number;
  readonly byKind: ReadonlyMap<string, number>;
}

/** All rules that a word leads to. */
export const rules: readonly Rule[] = [...web, ...commands, ...network, ...sentences, ...hashes, ...vendors, ...keyed];
const find = createFinder(rules);

/** Sorted, and those that touch as one. */
function apart(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = kept.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else kept.push({ ...span });
  }
  return kept;
}

interface RedactorOptions {
  /** Without it no placeholder leads back to its secret; with another one the placeholders are others. */
  key: Uint8Array;
  /** Free of problems: `refuseRules` says so. */
  rules?: readonly OwnRule[];
  pseudonyms?: Pseudonyms;
}

/** Redacts a log a line at a time, in order: a private key's lines are known by what came before them. */
export function createRedactor({ key, rules: own = [], pseudonyms = {} }: RedactorOptions): Redactor {
  const byKind = new Map<string, number>();
  const hmacKey = createSecretKey(key);
  const findOwn = createOwnRules(own);
  const rename = createPseudonyms(key, pseudonyms);
  const findAll = (text: string): Span[] => [...find(text), ...money(text), ...findOwn(text)];
  const findKey = createBlock();
  let total = 0;

  function hide(secret: string, kind: string): string {
    if (secret === "") return "";
    total++;
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    return placeholderOf(hmacKey, secret);
  }

  /** What is a placeholder already stays one. */
  function hideAround(text: string, kind: string): string {
    let out = "";
    let done = 0;
    for (const { 0: old, index } of placeholdersIn(text)) {
      out += hide(text.slice(done, index), kind) + old;
      done = index + old.length;
    }
    return out + hide(text.slice(done), kind);
  }

  function replace(text: string, spans: readonly Span[]): string {
    let out = "";
    let done = 0;
    for (const { from, to, kind } of apart(spans)) {
      out += text.slice(done, from) + hideAround(text.slice(from, to), kind);
      done = to;
    }
    return out + text.slice(done);
  }

  return {
    redact(text) {
      let line = replace(text, findKey(text));
      // A secret that is gone may show one beside it. What is gone doesn't come back, so this ends.
      for (let before = ""; before !== line;) {
        before = line;
        line = replace(line, findInLayers(line, findAll));
      }
      return rename(line);
    },
    get total() {
      return total;
    },
    byKind,
  };
}
