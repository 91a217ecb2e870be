import { expect, test } from "vitest";
import { fuzz } from "../support/model-server/fuzz.ts";
import { findEngine, openRandomModel } from "../support/model-server/random-model.ts";

const engine = await findEngine(process.env["SENTINEL_LLAMA"]);

// A thousand: `npm run fuzz:model`. Without the engine (60 MB) there is nothing to run.
test.skipIf(!engine)(
  "fifty answers of a random model in a real engine show nothing unverified",
  { timeout: 180_000 },
  async () => {
    if (!engine) return;
    const model = await openRandomModel(engine, 3);
    const { answers, shown, dropped, wrong } = await fuzz(model, 50, 3);
    await model.close();
    expect(wrong).toEqual([]);
    expect(answers["understood"]).toBeGreaterThan(20);
    expect(shown).toBeGreaterThan(0);
    expect(dropped["quote"]).toBeGreaterThan(5);
  },
);
