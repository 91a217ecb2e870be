import { onTestFinished } from "vitest";
import { createFakeClock } from "../../../../../tests/support/fake-clock.ts";
import type { Collected, Limits, Means, Source } from "./source.ts";

const plenty: Limits = { bytes: 1 << 24, lines: 100_000, ms: 60_000 };

/** Collects from a source again and again, with the cursor that the last collection gave, as it lies in the store. */
export function collector<Options>(source: Source<Options>, options: object, means: Means = {}) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const clock = createFakeClock();
  const given = { options: source.options.parse(options), signal: ending.signal, clock, means };
  let cursor: unknown;
  const peek = (limits: Partial<Limits> = {}): Promise<Collected> =>
    source.collect({ ...given, cursor, limits: { ...plenty, ...limits } });
  return {
    clock,
    cursor: () => cursor,
    /** Asks without keeping the cursor, as before a crash. */
    peek,
    async collect(limits?: Partial<Limits>): Promise<Collected> {
      const collected = await peek(limits);
      cursor = collected.cursor === undefined ? undefined : JSON.parse(JSON.stringify(collected.cursor));
      return collected;
    },
    stop: () => ending.abort(),
    forge: (other: unknown): void => void (cursor = other),
  };
}

/** What a source says to options, by field. */
export const objection = (source: Source, options: object): string | undefined => {
  const issue = source.options.safeParse(options).error?.issues[0];
  return issue && `${issue.path.join(".")}: ${issue.message}`;
};
