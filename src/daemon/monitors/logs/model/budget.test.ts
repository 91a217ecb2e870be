import { expect, test } from "vitest";
import { DAY } from "../../../../shared/time.ts";
import { budgetFault, costOf, spend } from "./budget.ts";
import { createAnswerCache } from "./cache.ts";
import { digestOf } from "./digest.ts";
import { anInput } from "./analyst.test-support.ts";
import { answerSchema } from "./answer.ts";
import { goodAnswer } from "../../../../../tests/support/model-server/good-answer.ts";
import { seededRandom } from "../../../../../tests/support/seeded-random.ts";

const limits = { tokensPerCall: 100, tokensPerHostDay: 250, tokensPerDay: 400 };
const now = 20_000 * DAY + 5;
const faultAt = (spent: Parameters<typeof budgetFault>[0], host: string, tokens: number, at = now) =>
  budgetFault(spent, { host, tokens, now: at, limits })?.message;

test("a call, a host's day and a day have each their limit", () => {
  expect(faultAt(undefined, "a", 100)).toBeUndefined();
  expect(faultAt(undefined, "a", 101)).toMatch("more than the 100 for a call");
  const ofHost = spend(spend(undefined, "a", 100, now), "a", 100, now);
  expect(faultAt(ofHost, "a", 50)).toBeUndefined();
  expect(faultAt(ofHost, "a", 51)).toMatch("200 of 250 tokens for a host and day");
  const ofAll = spend(spend(ofHost, "b", 100, now), "__proto__", 50, now);
  expect(faultAt(ofAll, "c", 50)).toBeUndefined();
  expect(faultAt(ofAll, "__proto__", 51)).toMatch("350 of 400 tokens for a day");
  expect(faultAt(ofAll, "a", 100, now + DAY)).toBeUndefined();
});

test("what was set aside is given back, but not to another day", () => {
  const reserved = spend(undefined, "a", 100, now);
  expect(spend(reserved, "a", -60, now)).toEqual({ day: 20_000, total: 40, hosts: { a: 40 } });
  expect(spend(reserved, "a", -60, now + DAY)).toEqual({ day: 20_001, total: 0, hosts: { a: 0 } });
});

test("a cost needs prices", () => {
  expect(costOf({ tokensIn: 1_000_000, tokensOut: 500_000 }, { in: 2, out: 8 })).toEqual({ cost: 6 });
  expect(costOf({ tokensIn: 1, tokensOut: 1 })).toEqual({});
});

test("a kept answer cites the same records under their new numbers, and the one used last stays", () => {
  const [then, later] = [digestOf(anInput(), seededRandom(1)), digestOf(anInput(), seededRandom(2))];
  const answer = answerSchema.parse(JSON.parse(goodAnswer({ user: then.text })));
  const cache = createAnswerCache(2);
  cache.set("a", then, answer);
  cache.set("b", then, { findings: [], summary: "" });
  expect(cache.get("a", later)).toEqual(answerSchema.parse(JSON.parse(goodAnswer({ user: later.text }))));
  cache.set("c", then, answer);
  expect(cache.entries().map(([hash]) => hash)).toEqual(["a", "c"]);
  const again = createAnswerCache(1, cache.entries());
  expect([again.get("a", then), again.get("c", then)]).toEqual([undefined, answer]);
});
