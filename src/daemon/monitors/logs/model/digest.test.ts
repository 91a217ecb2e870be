import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { seededRandom } from "../../../../../tests/support/seeded-random.ts";
import { aFinding, anInput } from "./analyst.test-support.ts";
import { type DigestInput, digestOf } from "./digest.ts";

const linesOf = (input: DigestInput, limit?: number): string[] =>
  digestOf(input, seededRandom(1), limit)
    .text.split("\n")
    .map((line) => line.replace(/^\d{5} /, ""));

test("findings come first with some of their lines, then templates, then lines", () => {
  expect(linesOf(anInput())).toEqual([
    "finding critical, 212 lines, key brute-force:203.0.113.9: Brute force on sshd from 203.0.113.9; 212 failed log-ins for 31 users in 4m",
    "line: sshd[811]: Failed password for root from 203.0.113.9 port 40022 ssh2",
    "line: sshd[811]: Failed password for admin from 203.0.113.9 port 40023 ssh2",
    "template new, 3 lines: I/O error on device <*>, sector <NUM>",
    "template, 212 lines, 40 times its usual rate: Failed password for <*> from <IP> port <NUM> ssh2",
    "line: kernel: I/O error on device sdb, sector 88211",
    "(of 5000 lines read; nothing left out)",
  ]);
});

test("the grave come before the others, new and changed templates before the rest, the rare before the common", () => {
  const findings = [
    aFinding({ key: "a", severity: "info", score: 99, evidence: [] }),
    aFinding({ key: "b", severity: "critical", score: 10, evidence: [] }),
    aFinding({ key: "c", severity: "critical", score: 90, evidence: [] }),
  ];
  const usual = { isNew: false, count: 5 };
  const templates = [
    { id: "1", text: "common", ...usual, count: 900 },
    { id: "2", text: "rare", ...usual },
    { id: "3", text: "grave", ...usual, count: 70, severity: "crit" as const },
    { id: "4", text: "changed", ...usual, rate: 0.1 },
    { id: "5", text: "fresh", ...usual, isNew: true },
  ];
  const said = linesOf(anInput({ findings, templates, samples: [] }));
  expect(said.map((line) => /key (\w)|: (\w+)$/.exec(line)?.slice(1).join("")).slice(0, -1)).toEqual([
    "c",
    "b",
    "a",
    "fresh",
    "changed",
    "grave",
    "rare",
    "common",
  ]);
});

test("a line that two findings cite stands once and belongs to both, as a template does", () => {
  const findings = [aFinding(), aFinding({ key: "other" })];
  const { records } = digestOf(anInput({ findings }), seededRandom(1));
  const keys = ["brute-force:203.0.113.9", "other"];
  expect(records.filter(({ text }) => text.includes("for root")).map(({ findings }) => findings)).toEqual([keys]);
  expect(records.find(({ template }) => template === "t-failed")?.findings).toEqual(keys);
});

test("what there is no room for is counted", () => {
  const templates = Array.from({ length: 500 }, (_, i) => ({
    id: `${i}`,
    text: `template ${i} `.repeat(9),
    count: 1,
    isNew: true,
  }));
  const digest = digestOf(anInput({ templates }), seededRandom(1), 2_000);
  expect(digest.mostTokens).toBeLessThanOrEqual(2_000);
  expect(digest.omitted).toMatchObject({ findings: 0, samples: 0 });
  expect(digest.omitted.templates).toBeGreaterThan(450);
  expect(digest.text).toContain(`left out for room: ${digest.omitted.templates} templates)`);
});

test("numbers are drawn anew, and the hash is of the content alone", () => {
  const [one, two] = [digestOf(anInput(), seededRandom(1)), digestOf(anInput(), seededRandom(2))];
  expect(one.records.map(({ number }) => number)).not.toEqual(two.records.map(({ number }) => number));
  expect(one.hash).toBe(two.hash);
  expect(digestOf(anInput({ totals: { lines: 1 } }), seededRandom(1)).hash).toBe(one.hash);
  expect(digestOf(anInput({ findings: [] }), seededRandom(1)).hash).not.toBe(one.hash);
});

test("whatever a log holds, each record is one line of text, and all keep to the limit", () => {
  const text = fc.string({ unit: "binary", maxLength: 600 });
  const finding = fc.record({
    key: text,
    title: text,
    why: text,
    evidence: fc.array(fc.record({ line: fc.nat(), text })),
  });
  const template = fc.record({ id: text, text, count: fc.nat(), isNew: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(finding),
      fc.array(template),
      fc.integer({ min: 200, max: 6_000 }),
      (found, templates, limit) => {
        const findings = found.map((given) => aFinding(given));
        const digest = digestOf(anInput({ findings, templates }), Math.random, limit);
        expect(digest.mostTokens).toBeLessThanOrEqual(limit);
        const lines = digest.text.split("\n");
        expect(lines).toHaveLength(digest.records.length + 1);
        for (const [at, { number, label }] of digest.records.entries()) expect(lines[at]).toBe(`${number} ${label}`);
        expect(digest.text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(new Set(digest.records.map(({ number }) => number)).size).toBe(digest.records.length);
      },
    ),
  );
});
