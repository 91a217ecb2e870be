import { createAnalyst } from "../../../src/daemon/monitors/logs/model/analyst.ts";
import { anInput } from "../../../src/daemon/monitors/logs/model/analyst.test-support.ts";
import { createAnswerCache } from "../../../src/daemon/monitors/logs/model/cache.ts";
import { createModelClient } from "../../../src/daemon/monitors/logs/model/client.ts";
import { createFakeClock } from "../fake-clock.ts";
import { seededRandom } from "../seeded-random.ts";
import { wrongIn } from "./judge.ts";
import type { RandomModel } from "./random-model.ts";
import { deliver, openModelServer } from "./server.ts";

export interface Fuzzed {
  /** How many answers came to what: understood, or why not. */
  answers: Record<string, number>;
  /** Of what was understood: findings shown or notes added, and thrown away by reason. */
  shown: number;
  withheld: number;
  dropped: Record<string, number>;
  /** What should not have been shown, with the seed that shows it again. */
  wrong: string[];
}

/** Analyses the same log again and again with answers of a random model, through server and client; run n has seed + n. */
export async function fuzz(
  model: RandomModel,
  runs: number,
  seed: number,
  onRun?: (done: number) => void,
): Promise<Fuzzed> {
  const result: Fuzzed = { answers: {}, shown: 0, withheld: 0, dropped: {}, wrong: [] };
  let run = seed;
  const server = await openModelServer({
    behave: (response, question) =>
      void model.say(question, run).then(
        (said) => deliver(response, question, said),
        (error: Error) => response.writeHead(501).end(error.message),
      ),
  });
  const clock = createFakeClock();
  const limits = { tokensPerCall: 20_000, tokensPerHostDay: 1e9, tokensPerDay: 1e9 };
  const budget = { spent: () => undefined, keep: () => undefined };
  for (; run < seed + runs; run++) {
    const random = seededRandom(run);
    const client = createModelClient({ url: server.url, model: "random", isStreaming: run % 2 === 0, clock, random });
    const analyst = createAnalyst({ client, limits, budget, cache: createAnswerCache(), clock, random });
    const input = anInput();
    const analysis = await analyst.analyse(input);
    count(result.answers, analysis.fault?.reason ?? "understood");
    for (const reason of analysis.dropped) count(result.dropped, reason);
    const shown = analysis.findings.filter(({ quote }) => quote !== undefined);
    result.shown += shown.length;
    result.withheld += shown.filter(({ withheld = [] }) => withheld.length > 0).length;
    result.wrong.push(...wrongIn(analysis, input).map((wrong) => `seed ${run}: ${wrong}`));
    onRun?.(run - seed + 1);
  }
  await server.close();
  return result;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
