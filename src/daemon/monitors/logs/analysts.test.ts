import { expect, test } from "vitest";
import { admin, createTestEngine } from "../../../../tests/support/engine.ts";
import { DAY } from "../../../shared/time.ts";
import { ALL } from "../../domain/analysed.ts";
import { createAnalysts } from "./analysts.ts";
import { anInput } from "./model/analyst.test-support.ts";

const settings = { enabled: true, url: "https://a.example/v1", name: "small", tokensPerDay: 100_000 };

test("what the model took before a restart counts until the day is over, for all and for each host", async () => {
  const { engine, store, clock } = createTestEngine();
  await engine.execute("setting.set", { name: "model", value: settings }, admin);
  const took = async (id: string, tokens: number) =>
    store.commit(store.state.rev, {
      at: clock.now(),
      by: "test",
      changes: [{ kind: "usage", id, value: { day: Math.floor(clock.now() / DAY), tokens, cost: 0 } }],
    });
  const hindrance = () =>
    createAnalysts({ state: store.state, clock, random: Math.random, key: () => "k" })().preview(anInput()).hindrance;
  expect(hindrance()).toBeUndefined();
  await took(ALL, 99_900);
  expect(hindrance()).toContain("99900 of 100000 tokens for a day");
  await took(ALL, 0);
  await took("web01", 199_900);
  expect(hindrance()).toContain("199900 of 200000 tokens for a host and day");
  clock.advance(DAY);
  expect(hindrance()).toBeUndefined();
});

test("there is one as the setting has it, and none that asks while no model is set up", async () => {
  const { engine, store, clock } = createTestEngine();
  let key = "one";
  const analyst = createAnalysts({ state: store.state, clock, random: Math.random, key: () => key });
  expect(analyst().preview(anInput()).hindrance).toBe("no model is configured");
  await engine.execute("setting.set", { name: "model", value: { ...settings, priceIn: 2 } }, admin);
  const before = analyst();
  expect(before.preview(anInput())).toMatchObject({ body: { model: "small" }, cost: expect.any(Number) as number });
  expect(analyst()).toBe(before);
  key = "two";
  expect(analyst()).not.toBe(before);
});
