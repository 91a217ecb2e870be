import { expect, test } from "vitest";
import { createFakeClock } from "../../../../../tests/support/fake-clock.ts";
import { answer, startModelServer } from "../../../../../tests/support/model-server/server.ts";
import { until } from "../../../../../tests/support/processes.ts";
import { seededRandom } from "../../../../../tests/support/seeded-random.ts";
import { DAY, MINUTE, SECOND } from "../../../../shared/time.ts";
import { type AnalystOptions, createAnalyst } from "./analyst.ts";
import { aFinding, anInput } from "./analyst.test-support.ts";
import type { Spent } from "./budget.ts";
import { createAnswerCache } from "./cache.ts";
import { createModelClient } from "./client.ts";
import { goodAnswer } from "../../../../../tests/support/model-server/good-answer.ts";

/** An analyst with a server behind it that answers well. */
async function anAnalyst(given: Partial<AnalystOptions> = {}) {
  const server = await startModelServer({ say: goodAnswer });
  const clock = createFakeClock();
  const random = seededRandom(5);
  const prices = { in: 2, out: 10 };
  const client = createModelClient({ url: server.url, model: "stub", prices, clock, random });
  let spent: Spent | undefined;
  const budget = { spent: () => spent, keep: (kept: Spent) => void (spent = kept) };
  const limits = { tokensPerCall: 10_000, tokensPerHostDay: 12_000, tokensPerDay: 20_000 };
  const cache = createAnswerCache();
  const options = { client, limits, budget, cache, clock, random, ...given };
  return { analyst: createAnalyst(options), server, clock, options, spent: () => spent };
}

test("local findings are explained, and the model's own follow them", async () => {
  const { analyst, server } = await anAnalyst();
  const input = anInput();
  const { findings, ...rest } = await analyst.analyse(input);
  expect(findings.map(({ origin, title, severity }) => [origin, title, severity])).toEqual([
    ["local", "Brute force on sshd from 203.0.113.9", "critical"],
    ["model", "A disk fails: 3 errors", "warning"],
  ]);
  expect(findings[0]).toEqual({
    ...input.findings[0],
    origin: "local",
    explanation: "Somebody guesses passwords.",
    recommendation: "Block 203.0.113.9.",
    quote: "Failed password for root from 203.0.113.9",
    related: [],
    withheld: [],
  });
  expect(rest).toEqual({
    summary: "Passwords are guessed, and a disk fails.",
    model: "stub",
    usage: { tokensIn: 1_234, tokensOut: 56, isEstimated: false, cost: (1_234 * 2 + 56 * 10) / 1e6 },
    sent: 6,
    isCached: false,
    dropped: [],
  });
  expect(server.heard).toHaveLength(1);
});

test("nothing is asked when there is nothing to say, no model, or none is wanted", async () => {
  const { analyst, server, options } = await anAnalyst();
  const usual = [{ id: "1", text: "usual", count: 9, isNew: false }];
  const quiet = anInput({ findings: [], templates: usual });
  expect(await analyst.analyse(quiet)).toEqual({ findings: [], sent: 0, isCached: false, dropped: [] });
  expect(analyst.preview(quiet).hindrance).toMatch("nothing to say");
  const unwanted = anInput({ isModelWanted: false });
  expect((await analyst.analyse(unwanted)).findings).toHaveLength(1);
  expect(analyst.preview(unwanted).hindrance).toMatch("switched off");
  const alone = createAnalyst({ ...options, client: undefined });
  expect((await alone.analyse(anInput())).findings).toEqual([{ ...aFinding(), origin: "local" }]);
  expect(alone.preview(anInput())).toMatchObject({ body: undefined, hindrance: "no model is configured" });
  expect(server.heard).toEqual([]);
});

test("a preview is what is sent then, and what it costs", async () => {
  const { analyst, server, options } = await anAnalyst();
  const input = anInput({ note: "Behind the proxy; nightly backups at 3." });
  const seen = createAnalyst({ ...options, random: seededRandom(9) }).preview(input);
  await createAnalyst({ ...options, random: seededRandom(9) }).analyse(input);
  expect(seen.body).toEqual(server.heard[0]?.body);
  expect(server.heard[0]?.system).toMatch(
    /administrator's note about this host:\nBehind the proxy; nightly backups at 3\.$/,
  );
  expect(seen).toMatchObject({ records: 6, omitted: { findings: 0, templates: 0, samples: 0 } });
  expect(seen).not.toHaveProperty("hindrance");
  expect(seen.tokens.in).toBeGreaterThan(500);
  expect(seen.tokens.atMost).toBeGreaterThan(seen.tokens.in + 2_000);
  expect(seen.cost).toBeCloseTo((seen.tokens.in * 2 + 2_000 * 10) / 1e6);
  expect(analyst.preview(input).hindrance).toMatch("kept");
});

test("the same content is asked once, and what is kept is held to its evidence again", async () => {
  const { analyst, server, spent } = await anAnalyst();
  const first = await analyst.analyse(anInput());
  const used = spent();
  const again = await analyst.analyse(anInput({ totals: { lines: 6_000 } }));
  expect(again).toMatchObject({ findings: first.findings, isCached: true, model: "stub" });
  expect(again).not.toHaveProperty("usage");
  expect(spent()).toEqual(used);
  await analyst.analyse(anInput({ note: "another" }));
  expect(server.heard).toHaveLength(2);
});

test("an empty budget asks nothing until tomorrow, and local findings stand", async () => {
  const { analyst, server, clock, options, spent } = await anAnalyst();
  await analyst.analyse(anInput());
  expect(spent()).toMatchObject({ total: 1_290, hosts: { web01: 1_290 } });
  options.budget.keep({ ...(spent() as Spent), hosts: { web01: 11_500 } });
  const other = anInput({ samples: [] });
  const { findings, fault } = await analyst.analyse(other);
  expect([findings.length, fault?.reason]).toEqual([1, "budget"]);
  expect(analyst.preview(other).hindrance).toMatch("11500 of 12000 tokens for a host and day");
  clock.advance(DAY);
  expect((await analyst.analyse(other)).fault).toBeUndefined();
  expect(server.heard).toHaveLength(2);
  const small = createAnalyst({ ...options, limits: { ...options.limits, tokensPerCall: 3_000 } });
  expect((await small.analyse(other)).fault?.message).toMatch("may take 3000");
  expect(small.preview(other).hindrance).toMatch("may take 3000");
});

test("calls at the same time keep to the budget together", async () => {
  const { analyst, server } = await anAnalyst({
    limits: { tokensPerCall: 10_000, tokensPerHostDay: 9_000, tokensPerDay: 9_000 },
  });
  const inputs = [1, 2, 3].map((count) => anInput({ samples: [{ line: count, text: `line of ${count}` }] }));
  const faults = (await Promise.all(inputs.map((input) => analyst.analyse(input)))).map(({ fault }) => fault?.reason);
  expect(faults).toEqual([undefined, undefined, "budget"]);
  expect(server.heard).toHaveLength(2);
});

test("a server that doesn't answer isn't asked for a while, and keeps no host waiting: local findings stand", async () => {
  const { analyst, server, clock } = await anAnalyst();
  server.behave = (response) => void response.destroy();
  const first = analyst.analyse(anInput());
  for (const tries of [1, 2]) {
    await until("the pause after a try", () => server.heard.length === tries && clock.pending() === 1);
    clock.advance(20 * SECOND);
  }
  expect((await first).fault?.reason).toBe("cut");
  server.behave = answer;
  const { findings, fault } = await analyst.analyse(anInput());
  expect([findings.length, fault?.message]).toEqual([1, expect.stringContaining("it isn't asked for 5m")]);
  expect(analyst.preview(anInput()).hindrance).toBe(fault?.message);
  expect(server.heard).toHaveLength(3);
  clock.advance(5 * MINUTE);
  expect((await analyst.analyse(anInput())).fault).toBeUndefined();
});
