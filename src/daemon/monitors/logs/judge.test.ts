import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createJudge, withEach } from "./judge.ts";
import type { Analyst } from "./model/analyst.ts";

test("a great many lines, or a few long ones, let whatever else is ready go first", async () => {
  const turns = async (lines: string[]): Promise<number> => {
    let [turn, isOver, done] = [0, false, 0];
    const count = (): void => {
      turn++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await withEach(
      lines,
      ({ length }) => length,
      () => void done++,
    );
    isOver = true;
    expect(done).toBe(lines.length);
    return turn;
  };
  expect(await turns(Array.from({ length: 10_000 }, () => "short"))).toBeGreaterThan(15);
  expect(await turns(Array.from({ length: 100 }, () => "long".repeat(2_000)))).toBeGreaterThan(10);
  expect(await turns(["one", "two"])).toBeLessThan(3);
});

test("the passage that a model quoted is kept with the lines, and nowhere else", async () => {
  const quote = "Failed password for root";
  const analyst: Analyst = {
    analyse: async ({ findings }) => ({
      findings: findings.map((finding) => ({ ...finding, origin: "local", quote, explanation: "Somebody guesses." })),
      sent: 1,
      isCached: false,
      dropped: [],
    }),
    preview: () => ({
      body: undefined,
      tokens: { in: 0, atMost: 0 },
      records: 0,
      omitted: { findings: 0, templates: 0, samples: 0 },
    }),
  };
  const redaction = { key: new Uint8Array(32), rules: [], pseudonyms: { addresses: false, users: false } };
  const now = Date.UTC(2026, 0, 5, 12);
  const judge = await createJudge({ host: "web01", settings: {}, redaction, baseline: undefined, now, analyst });
  for (let i = 0; i < 60; i++)
    judge.take(
      `2026-01-05T11:10:${String(i).padStart(2, "0")}Z web01 sshd[1]: ${quote} from 203.0.113.9 port ${i} ssh2`,
    );
  judge.take("2026-01-05T11:12:00Z web01 kernel: <3>something is wrong");
  const {
    found,
    kept = new Uint8Array(),
    latest = new Uint8Array(),
  } = await judge.finish("a1", new AbortController().signal);
  const entries = gunzipSync(kept).toString().trim().split("\n");
  expect(entries[0]).toContain(`"quote":"${quote}"`);
  expect(entries.at(-1)).toMatch(/"record":\{"line":6\d,.*"at":\d+,.*"template":"/);
  expect(found).toMatchObject([{ explanation: "Somebody guesses." }]);
  expect(JSON.stringify(found)).not.toContain(quote);
  const [first = "", second = ""] = gunzipSync(latest).toString().split("\n");
  expect([JSON.parse(first), JSON.parse(second)]).toMatchObject([{ analysis: "a1" }, { record: { line: 1 } }]);
});
