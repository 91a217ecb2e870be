import { expect } from "vitest";
import type { Attempt, Outcome, ProbeKind } from "./kind.ts";

/** A try in real time; 5 s are more than any test needs. */
export const anAttempt = (given: Partial<Attempt> = {}): Attempt => ({
  signal: new AbortController().signal,
  timeoutMs: 5_000,
  now: () => Date.now(),
  elapsed: () => performance.now(),
  ...given,
});

/** What comes of asking once, with options as a person gives them. */
export async function asked(kind: ProbeKind, options: object, given: Partial<Attempt> = {}): Promise<Outcome> {
  return kind.run(kind.options.parse(options), anAttempt(given));
}

/** Starts asking, stops once `reached` says how far it is, and expects that to be the end of it. */
export async function stopped(kind: ProbeKind, options: object, reached: Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const running = asked(kind, options, { signal: controller.signal, timeoutMs: 30_000 });
  await reached;
  const startedAt = performance.now();
  controller.abort();
  expect((await running).reason).toMatch(/: stopped$/);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
}

/** What a schema says to options, by field: `host: a host is a name…`. */
export const objection = (kind: ProbeKind, options: object): string | undefined => {
  const issue = kind.options.safeParse(options).error?.issues[0];
  return issue && `${issue.path.join(".")}: ${issue.message}`;
};
