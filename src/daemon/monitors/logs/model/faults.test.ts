import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../../../../../tests/support/certificate.ts";
import { createFakeClock } from "../../../../../tests/support/fake-clock.ts";
import { faults } from "../../../../../tests/support/model-server/faults.ts";
import { type ModelServer, startModelServer } from "../../../../../tests/support/model-server/server.ts";
import { seededRandom } from "../../../../../tests/support/seeded-random.ts";
import type { Clock } from "../../../../shared/time.ts";
import { createAnalyst } from "./analyst.ts";
import { anInput } from "./analyst.test-support.ts";
import { createAnswerCache } from "./cache.ts";
import { createModelClient, type ModelClientOptions } from "./client.ts";
import { goodAnswer } from "../../../../../tests/support/model-server/good-answer.ts";

const key = "sk-canary-9f8e7d6c5b4a3f2e1d";
const timeoutMs = 300_000;
const stallMs = 61_000;

/** A clock whose pauses between tries pass at once, and which goes on when the server stands still. */
function createDrivenClock(server: ModelServer | undefined): { clock: Clock; pauses: number[]; drive(): void } {
  const fake = createFakeClock();
  const pauses: number[] = [];
  let waiting = 0;
  function after(delayMs: number, run: () => void): () => void {
    const cancel = fake.after(delayMs, run);
    if (delayMs === stallMs) {
      waiting++;
      return () => void (waiting--, cancel());
    }
    if (delayMs <= 60_000) {
      pauses.push(delayMs);
      setImmediate(() => fake.advance(delayMs));
    }
    return cancel;
  }
  let drips = 0;
  function drive(): void {
    if (server?.standstill === "silent") fake.advance(timeoutMs);
    if (waiting === 0) return;
    if (server?.standstill === "midway") fake.advance(stallMs);
    if (server?.standstill === "trickle" && drips++ % 20 === 0) {
      fake.advance(stallMs / 3);
      server.drip();
    }
  }
  return { clock: { ...fake, after }, pauses, drive };
}

/** Analyses once, with a server that is as it is; time passes as fast as nothing happens. */
async function analysed(server: ModelServer | undefined, options: Partial<ModelClientOptions>, signal?: AbortSignal) {
  const { clock, pauses, drive } = createDrivenClock(server);
  const random = seededRandom(7);
  const url = server?.url ?? "";
  const client = createModelClient({ url, model: "stub", key, clock, random, timeoutMs, stallMs, ...options });
  const limits = { tokensPerCall: 10_000, tokensPerHostDay: 100_000, tokensPerDay: 100_000 };
  const budget = { spent: () => undefined, keep: () => undefined };
  const analyst = createAnalyst({ client, limits, budget, cache: createAnswerCache(), clock, random });
  let isOver = false;
  const input = anInput(signal ? { signal } : {});
  const analysing = analyst.analyse(input).finally(() => (isOver = true));
  while (!isOver) {
    drive();
    await new Promise(setImmediate);
  }
  return { analysis: await analysing, pauses, input, client };
}

describe.each([true, false])("a server that answers in pieces: %s", (isStreaming) => {
  test.each(Object.keys(faults))("%s", async (name) => {
    const fault = faults[name];
    if (!fault) throw new Error(name);
    const server = await startModelServer({ behave: fault.behave, say: goodAnswer });
    const { analysis, input } = await analysed(server, { isStreaming });
    const { outcome, requests = 1 } = fault;
    const expected = typeof outcome === "string" ? outcome : outcome[isStreaming ? "pieces" : "whole"];
    expect(analysis.fault?.reason ?? "answer").toBe(expected);
    if (name !== "knows no stream_options") expect(server.heard).toHaveLength(requests);
    for (const [at, finding] of input.findings.entries())
      expect(analysis.findings[at]).toMatchObject({ ...finding, origin: "local" });
    expect(JSON.stringify(analysis)).not.toContain(key);
    if (expected === "answer") {
      expect(analysis.findings[0]?.explanation).toBe("Somebody guesses passwords.");
      expect(analysis.usage).toMatchObject({ isEstimated: fault.isEstimated ?? false });
    } else expect(analysis.fault?.message).toMatch(/^[\x20-\x7e…]{10,300}$/);
  });
});

test("there are enough of them", () => {
  expect(Object.keys(faults).length).toBeGreaterThanOrEqual(21);
});

test("a pause that is asked for is kept, and none is longer than a minute", async () => {
  const pausesAt = async (name: string): Promise<number[]> => {
    const server = await startModelServer({ ...faults[name], say: goodAnswer });
    return (await analysed(server, {})).pauses;
  };
  expect(await pausesAt("429 for a second")).toEqual([1_000, 1_000]);
  expect(await pausesAt("429 for two minutes")).toEqual([]);
  const [first = 0, second = 0] = await pausesAt("500");
  expect(first).toBeGreaterThanOrEqual(500);
  expect(second).toBeGreaterThanOrEqual(2_000);
});

test("what a server doesn't know isn't tried again", async () => {
  const server = await startModelServer({ ...faults["knows no format"], say: goodAnswer });
  const { client } = await analysed(server, {});
  expect(server.heard.map(({ format }) => format)).toEqual(["json_schema", "json_object", undefined]);
  expect((await client.ask({ system: "s", user: "u" })).ok).toBe(true);
  expect(server.heard.map(({ format }) => format)).toEqual(["json_schema", "json_object", undefined, undefined]);
});

test("the key goes to the server and nothing of this machine with it", async () => {
  const server = await startModelServer({ say: goodAnswer });
  await analysed(server, {});
  await analysed(server, { key: "" });
  expect(server.heard.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${key}`, "Bearer none"]);
  expect(Object.keys(server.heard[0]?.headers ?? {}).filter((name) => name.startsWith("x-stainless"))).toEqual([]);
});

test("a server that isn't there, and one that nobody vouches for", async () => {
  const server = await startModelServer();
  await server.close();
  const reasonAt = async (url: string) => (await analysed(undefined, { url })).analysis.fault?.reason;
  expect(await reasonAt(server.url)).toBe("unreachable");
  const tls = createServer(certificate).listen(0, "127.0.0.1");
  await once(tls, "listening");
  onTestFinished(() => void tls.close());
  expect(await reasonAt(`https://localhost:${(tls.address() as AddressInfo).port}/v1`)).toBe("tls");
});

test.each([
  ["http://203.0.113.7/v1", "only https leaves this machine"],
  ["http://10.0.0.7/v1", "allowHttp"],
  ["https://user:secret@models.example/v1", "leave user name and password out"],
  ["nonsense", "this is no URL"],
])("%s isn't asked", async (url, objection) => {
  const { fault } = (await analysed(undefined, { url })).analysis;
  expect(fault?.reason).toBe("bad-url");
  expect(fault?.message).toContain(objection);
  expect(fault?.message).not.toContain("secret");
});

test("a question is taken back before it is asked, under way, and between tries", async () => {
  const asking = new AbortController();
  const server = await startModelServer({ behave: () => asking.abort() });
  const { analysis } = await analysed(server, {}, asking.signal);
  expect(analysis.fault?.reason).toBe("cancelled");
  expect((await analysed(server, {}, AbortSignal.abort())).analysis.fault?.reason).toBe("cancelled");
  const between = new AbortController();
  server.behave = (response) => {
    response.on("close", () => setImmediate(() => between.abort()));
    response.writeHead(500).end();
  };
  expect((await analysed(server, {}, between.signal)).analysis.fault?.reason).toMatch(/cancelled|server-error/);
  expect(server.heard.length).toBeLessThanOrEqual(4);
});
