import { describe, expect, test } from "vitest";
import type { Line } from "../read/lines.ts";
import { createChain } from "./chain.ts";
import type { ChainOptions, Outcome } from "./chain.ts";

const now = Date.UTC(2026, 10, 23, 12);

function outcomeOf(lines: readonly Line[], options: Partial<ChainOptions> = {}): Outcome {
  const chain = createChain({ key: new Uint8Array(32), now, ...options });
  for (const line of lines) chain.take(line);
  return chain.finish();
}

describe("a log goes from lines to findings", () => {
  test("cleaned and redacted before it is taken apart", () => {
    const chain = createChain({ key: new Uint8Array(32), now });
    const taken = chain.take("May  6 07:08:09 web01 \u001b[31mshop[5]: password=hunter2horse\u202e");
    expect(taken?.record).toMatchObject({
      line: 1,
      host: "web01",
      program: "shop",
      message: expect.stringMatching(/^password=<SECRET:[0-9a-f]+>$/),
    });
    expect(JSON.stringify(taken)).not.toMatch(/hunter2horse|\\u/);
  });

  test("what JSON had escaped is redacted once it can be read", () => {
    const chain = createChain({ key: new Uint8Array(32), now });
    const { record } =
      chain.take(String.raw`{"msg":"p\u0061ssword=hunter2horse","url":"/a?p\u0061ssword=hunter3horse"}`) ?? {};
    expect(record?.message).toMatch(/^password=<SECRET:[0-9a-f]+>$/);
    expect(record?.fields).toEqual({ path: expect.stringMatching(/^\/a\?password=<SECRET:[0-9a-f]+>$/) });
  });

  test("with its lines, its times and its redactions counted", () => {
    const outcome = outcomeOf([
      "2024-05-06T07:08:10Z INFO shop: paid",
      { withheldBytes: 9_000 },
      "2024-05-06T07:08:09Z INFO shop: token=s3cr3tv4lue-0123456789",
    ]);
    expect(outcome).toMatchObject({
      lines: 3,
      withheld: 1,
      firstAt: Date.parse("2024-05-06T07:08:09Z"),
      lastAt: Date.parse("2024-05-06T07:08:10Z"),
      redactions: { total: 1 },
      findings: [],
    });
    expect(outcome.templates.map(({ count }) => count)).toEqual([1, 1]);
  });

  test("findings name templates that are there, and lines as they were", () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, n) =>
        `May  6 07:${10 + (n % 40)}:09 web01 sshd[${n}]: Failed password for user${n % 7} from 203.0.113.9 port ${n} ssh2`,
    );
    const { findings, templates, idOf, save } = outcomeOf(lines);
    const ids = new Set(templates.map(({ id }) => id));
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(finding.templates.filter((id) => !ids.has(id))).toEqual([]);
      for (const { line, text } of finding.evidence) expect(text).toBe(lines[line - 1]);
    }
    expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
    expect(ids).toContain(idOf(0));
    const again = outcomeOf(lines.slice(0, 3), { miner: save() });
    expect(again.templates.map(({ id }) => id)).toEqual([...ids]);
  });

  test("no findings where none are wanted", () => {
    const lines = Array.from(
      { length: 50 },
      (_, n) => `sshd[${n}]: Failed password for root from 203.0.113.9 port 1 ssh2`,
    );
    expect(outcomeOf(lines, { detect: false }).findings).toEqual([]);
    expect(outcomeOf(lines).findings).not.toEqual([]);
  });
});
