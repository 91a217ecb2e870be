/**
 * Answers of a random model in a real engine: `npm run fuzz:model -- [answers] [seed]`; answer n has seed + n. The
 * engine is node-llama-cpp 3, beside the other packages or in the folder that SENTINEL_LLAMA names.
 */
import { fuzz } from "../tests/support/model-server/fuzz.ts";
import { findEngine, openRandomModel } from "../tests/support/model-server/random-model.ts";

const [answers = 1_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const engine = await findEngine(process.env["SENTINEL_LLAMA"]);
if (!engine) {
  console.log(`node-llama-cpp isn't here. Install it in a folder and name that in SENTINEL_LLAMA:
npm install --prefix FOLDER --ignore-scripts --omit=optional node-llama-cpp@3 @node-llama-cpp/linux-x64@3`);
  process.exit(2);
}
console.log(`${answers} answers, seed ${seed}`);
const model = await openRandomModel(engine, seed);
const startedAt = performance.now();
const result = await fuzz(model, answers, seed, (done) => {
  if (done % 100 === 0)
    console.log(`${done} of ${answers} after ${Math.round((performance.now() - startedAt) / 1_000)} s`);
});
await model.close();
const { wrong, ...counts } = result;
console.log(counts);
for (const one of wrong.slice(0, 20)) console.log(one);
console.log(
  wrong.length === 0 ? "nothing unverified was shown" : `${wrong.length} times something unverified was shown`,
);
process.exit(wrong.length === 0 ? 0 : 1);
