import type { Answer } from "./answer.ts";
import type { Digest } from "./digest.ts";

/** Answers by the content of the question. Their records are places in the digest, as numbers change with each call. */
export interface AnswerCache {
  get(hash: string, digest: Digest): Answer | undefined;
  set(hash: string, digest: Digest, answer: Answer): void;
  /** To be handed to the next `createAnswerCache`. */
  entries(): [string, Answer][];
}

/** Keeps the answers used last. */
export function createAnswerCache(limit = 200, entries: readonly (readonly [string, Answer])[] = []): AnswerCache {
  const kept = new Map(entries.slice(-limit));
  function keep(hash: string, answer: Answer): void {
    kept.delete(hash);
    kept.set(hash, answer);
    const [oldest] = kept.keys();
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
  }
  return {
    get(hash, { records }) {
      const answer = kept.get(hash);
      if (!answer) return undefined;
      keep(hash, answer);
      return renumbered(answer, (place) => records[place]?.number ?? -1);
    },
    set(hash, { records }, answer) {
      const places = new Map(records.map(({ number }, place) => [number, place]));
      keep(
        hash,
        renumbered(answer, (number) => places.get(number) ?? -1),
      );
    },
    entries: () => [...kept],
  };
}

const renumbered = (answer: Answer, of: (number: number) => number): Answer => ({
  ...answer,
  findings: answer.findings.map((finding) => ({
    ...finding,
    records: finding.records.map(of),
    numbers: finding.numbers.map((claim) => ({ ...claim, records: claim.records.map(of) })),
  })),
});
