import { describe, expect, test } from "vitest";
import type { CommandSpec } from "../../src/shared/api/command.ts";
import { registry } from "../../src/shared/api/registry.ts";
import { codes } from "../../src/shared/errors.ts";
import { isTooDeep } from "../../src/shared/depth.ts";
import { kindSchemas, settingSchemas } from "../../src/shared/model.ts";
import { clientFrame } from "../../src/shared/protocol.ts";
import { admin, createTestEngine } from "../support/engine.ts";
import { mutatedJson } from "../support/fuzz/mutate.ts";
import { sampleOf } from "../support/fuzz/sample.ts";
import { slowest } from "../support/fuzz/slowest.ts";
import { fc } from "../support/property.ts";
import { seededRandom } from "../support/seeded-random.ts";

const specs = registry as readonly CommandSpec[];
const schemas = Object.fromEntries([
  ...specs.map((spec) => [`arguments of ${spec.name}`, spec.args] as const),
  ...specs.flatMap(({ name, rest }) => (rest?.body ? [[`body of ${name}`, rest.body] as const] : [])),
  ...specs.flatMap(({ name, rest }) => (rest?.query ? [[`query of ${name}`, rest.query] as const] : [])),
  ...Object.entries(settingSchemas).map(([name, schema]) => [`setting ${name}`, schema] as const),
  ...Object.entries(kindSchemas).map(([name, schema]) => [`entity ${name}`, schema] as const),
  ["frames", clientFrame] as const,
]);

/** A value of nearly the right shape, changed in some place. */
function nearly(schema: Parameters<typeof sampleOf>[0], seed: number): unknown {
  const random = seededRandom(seed);
  const [text, other] = [JSON.stringify(sampleOf(schema, random)), JSON.stringify(sampleOf(schema, random))];
  try {
    const value: unknown = JSON.parse(mutatedJson(text ?? "", random, other ?? "").toString());
    // As whoever asks a schema sees to before.
    return isTooDeep(value) ? null : value;
  } catch {
    return text;
  }
}

describe("a schema takes or refuses whatever comes, in bounded time, and never throws", () => {
  test.each(Object.entries(schemas))("%s", (_name, schema) => {
    const parse = slowest((value: unknown) => void schema.safeParse(value));
    fc.assert(fc.property(fc.integer(), (seed) => parse.call(nearly(schema, seed))));
    fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), parse.call), { numRuns: 30 });
    for (const value of ["x".repeat(1e6), Array.from({ length: 1e5 }, () => ({}))]) parse.call(value);
    expect(parse.slowestMs()).toBeLessThan(1_000);
  });
});

test("the engine answers every command, whatever its arguments, with a result or a code", async () => {
  const { engine, addHost, faults, clock } = createTestEngine();
  await addHost("web01");
  const beyond = new Set(["job.list", "job.run", "backup.make", "backup.list"]);
  const seen = new Set<string>();
  for (const [at, spec] of specs.filter(({ name }) => !beyond.has(name)).entries())
    for (let nth = 0; nth < 60; nth++) {
      const args = nearly(spec.args, at * 1_000 + nth);
      const outcome = await engine.execute(spec.name, args, admin).catch((error: unknown) => {
        throw new Error(`${spec.name} ${JSON.stringify(args)}`, { cause: error });
      });
      const code = outcome.ok ? "ok" : outcome.code;
      expect([spec.name, args, code]).toEqual([spec.name, args, expect.toBeOneOf(["ok", ...codes])]);
      expect([spec.name, args, code]).not.toEqual([spec.name, args, "internal"]);
      seen.add(code);
      clock.advance(1_000);
    }
  expect(faults).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining(["ok", "invalid", "not_found", "conflict"]));
});
