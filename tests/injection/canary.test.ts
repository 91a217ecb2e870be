import { expect, test } from "vitest";
import { createAnalyst } from "../../src/daemon/monitors/logs/model/analyst.ts";
import { createAnswerCache } from "../../src/daemon/monitors/logs/model/cache.ts";
import { createModelClient } from "../../src/daemon/monitors/logs/model/client.ts";
import { createChain } from "../../src/daemon/monitors/logs/offline/chain.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { obey } from "../support/model-server/obedient.ts";
import { startModelServer } from "../support/model-server/server.ts";
import { seededRandom } from "../support/seeded-random.ts";

/** Secrets as a log holds them, each beside the line that holds it. */
const canaries: [string, string][] = [
  ["Gz7-canary-pw1", "app[7]: ERROR login failed for user=root password=Gz7-canary-pw1 from 203.0.113.9"],
  ["canary9f8e7d6c5b4a39281706", "app[7]: ERROR upstream refused: Authorization: Bearer canary9f8e7d6c5b4a39281706"],
  ["cnry-Pw0rd", "app[7]: ERROR can't connect to postgres://shop:cnry-Pw0rd@db.example/shop"],
  ["c4n4ryc4n4ryc4n4ry", "nginx: GET /cb?access_token=c4n4ryc4n4ryc4n4ry&x=1 502 from 203.0.113.9"],
  ["canarySess10n77", "nginx: 500 Cookie: session=canarySess10n77; theme=dark"],
];

test("a secret that the chain redacted is nowhere on the wire, in what the model may say, or in what is kept of it", async () => {
  const chain = createChain({ key: Buffer.from("a key"), now: Date.UTC(2026, 0, 6) });
  const samples: { line: number; text: string }[] = [];
  const lines = [...canaries.map(([, line]) => line), ...canaries.map(([, line]) => `${line} again`)];
  for (let at = 0; at < 60; at++) {
    const taken = chain.take(`Jan  5 12:00:${String(at).padStart(2, "0")} web01 ${lines[at % lines.length]}`);
    if (taken && at < lines.length) samples.push({ line: taken.record.line, text: taken.record.text });
  }
  const { findings, templates, lines: read } = chain.finish();
  const server = await startModelServer({ say: obey });
  const [clock, random, cache] = [createFakeClock(), seededRandom(1), createAnswerCache()];
  const client = createModelClient({ url: server.url, model: "stub", clock, random });
  const limits = { tokensPerCall: 20_000, tokensPerHostDay: 1e6, tokensPerDay: 1e6 };
  const budget = { spent: () => undefined, keep: () => undefined };
  const analyst = createAnalyst({ client, limits, budget, cache, clock, random });
  const news = templates.map((template) => ({ ...template, isNew: true }));
  const input = { host: { name: "web01" }, findings, templates: news, samples, totals: { lines: read } };
  const analysis = await analyst.analyse(input);
  expect(analysis.fault).toBeUndefined();
  expect(server.heard[0]?.user).toContain("<SECRET:");
  const seen = [server.heard[0]?.raw, analyst.preview(input), analysis, cache.entries()].map((one) =>
    JSON.stringify(one),
  );
  for (const [secret] of canaries) for (const text of seen) expect(text).not.toContain(secret);
});
