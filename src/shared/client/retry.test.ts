import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { settled } from "../../../tests/support/engine.ts";
import { refuse } from "../errors.ts";
import type { Code, Refusal } from "../errors.ts";
import { SECOND } from "../time.ts";
import { pingAdvice, withRetries } from "./retry.ts";

type Answer = { ok: true } | Refusal;

/** Something that is tried, with the times of the tries. */
function trying(answers: (Code | "ok")[], signal?: AbortSignal) {
  const clock = createFakeClock();
  const triedAt: number[] = [];
  const attempt = (): Promise<Answer> => {
    const answer = answers[Math.min(triedAt.length, answers.length - 1)] ?? "ok";
    triedAt.push(clock.monotonic());
    return Promise.resolve(answer === "ok" ? { ok: true } : refuse(answer, "no"));
  };
  const { retries } = pingAdvice;
  const outcome = withRetries(attempt, { retries, clock, random: () => 0.999_999, signal });
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= SECOND) {
      clock.advance(Math.min(SECOND, left));
      await settled();
    }
  }
  return { outcome, triedAt, pass, clock };
}

describe("what is tried again", () => {
  test("waits longer before each of five more tries, and then gives the last refusal", async () => {
    const { outcome, triedAt, pass } = trying(["unavailable"]);
    await settled();
    await pass(100 * SECOND);
    expect(triedAt.map((at) => at / SECOND)).toEqual([0, 2, 6, 14, 30, 60]);
    expect(await outcome).toMatchObject({ ok: false, code: "unavailable" });
  });

  test.each<Code>(["unavailable", "rate_limited", "internal"])("is what may pass: %s", async (code) => {
    const { outcome, triedAt, pass } = trying([code, "ok"]);
    await settled();
    await pass(2 * SECOND);
    expect(await outcome).toEqual({ ok: true });
    expect(triedAt).toHaveLength(2);
  });

  test.each<Code>(["invalid", "unauthorized", "not_found", "conflict"])("is not what stays so: %s", async (code) => {
    const { outcome, triedAt } = trying([code]);
    expect(await outcome).toMatchObject({ code });
    expect(triedAt).toHaveLength(1);
  });

  test("is given up at once when somebody wants the end, and leaves no timer", async () => {
    const ending = new AbortController();
    const { outcome, triedAt, clock } = trying(["unavailable"], ending.signal);
    await settled();
    ending.abort();
    expect(await outcome).toMatchObject({ code: "unavailable" });
    expect(triedAt).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  test("is tried once when the end is wanted already", async () => {
    const { outcome, triedAt } = trying(["unavailable"], AbortSignal.abort());
    await outcome;
    expect(triedAt).toHaveLength(1);
  });
});
