import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../../../tests/support/seeded-random.ts";
import type { AnswerFinding } from "./answer.ts";
import { aFinding, anInput } from "./analyst.test-support.ts";
import { digestOf } from "./digest.ts";
import { verify } from "./verify.ts";

const input = anInput({
  findings: [
    aFinding(),
    aFinding({ key: "scan:198.51.100.4", severity: "warning", evidence: [], templates: [], why: "40 ports" }),
  ],
});
const digest = digestOf(input, seededRandom(3));
const numberOf = (part: string): number => digest.records.find(({ label }) => label.includes(part))?.number ?? 0;
const key = "brute-force:203.0.113.9";
const disk = numberOf("template new");

/** A finding of the model's own that checks, but for what is given. */
const said = (given: Partial<AnswerFinding> = {}): AnswerFinding => ({
  title: "A disk fails",
  severity: "warning",
  records: [disk],
  quote: "I/O error on device",
  numbers: [],
  explanation: "The disk has errors.",
  recommendation: "Replace the disk.",
  groups: [],
  ...given,
});

const verified = (...findings: AnswerFinding[]) =>
  verify({ findings, summary: "A disk fails." }, digest, input.findings);

test("a finding of the model's own names its evidence, and has the same key whenever it quotes the same", () => {
  const { own, notes, dropped, summary } = verified(said());
  expect(own).toHaveLength(1);
  expect(own[0]).toMatchObject({ quote: "I/O error on device", explanation: "The disk has errors.", withheld: [] });
  expect(own[0]?.finding).toMatchObject({
    rule: "model",
    severity: "warning",
    title: "A disk fails",
    why: "The log says: I/O error on device",
    count: 3,
    evidence: [{ line: 99, text: "kernel: I/O error on device sdb, sector 88211" }],
    templates: ["t-disk"],
  });
  expect(verified(said({ title: "Disk trouble" })).own[0]?.finding.key).toBe(own[0]?.finding.key);
  expect([notes.size, dropped, summary]).toEqual([0, [], "A disk fails."]);
});

describe("a quote", () => {
  const root = numberOf("for root");
  test.each<[string, Partial<AnswerFinding>]>([
    ["that stands in another record", { records: [root] }],
    ["that stands nowhere", { quote: "I/O error on devise" }],
    ["in other letters", { quote: "i/o error on device" }],
    ["that is too short", { quote: "I/O error" }],
    ["of nothing", { quote: "" }],
    ["without a letter", { quote: "203.0.113.9", records: [root] }],
    ["of what we say ourselves", { quote: "212 failed log-ins", records: [numberOf("finding critical")] }],
    ["of a line that nobody sent", { quote: "session opened for root" }],
  ])("%s counts for nothing", (_, given) => {
    expect(verified(said(given))).toMatchObject({ own: [], dropped: ["quote"] });
  });

  test("may have other spaces", () => {
    expect(verified(said({ quote: "  I/O   error\n on device" })).own[0]?.quote).toBe("I/O error on device");
  });

  test("without a record, or with one that isn't there, counts for nothing", () => {
    expect(verified(said({ records: [] }), said({ records: [1, -1, 1e9] })).dropped).toEqual([
      "no records",
      "no records",
    ]);
  });
});

describe("a number or a name that no record bears out", () => {
  test.each([
    "4 errors",
    "errors since 2024",
    "seventeen errors",
    "٣ errors",
    "a disk of 203.0.113.10",
    "errors at evil.example",
    "errors in /tmp/evil",
    'errors in "evil"',
    "mail root@evil",
    "from 2001:db8::bad:1",
    "in C:\\evil",
  ])("%s", (text) => {
    expect(verified(said({ title: text }))).toMatchObject({ own: [], dropped: ["title"] });
    const { own, summary } = verified(said({ explanation: text, recommendation: text }));
    expect(own[0]).toMatchObject({ withheld: ["explanation", "recommendation"] });
    expect(own[0]).not.toHaveProperty("explanation");
    expect(own[0]).not.toHaveProperty("recommendation");
    expect(summary).toBeUndefined();
  });

  test.each([
    "3 errors",
    "two kinds of error",
    "errors on device <*>, sector <NUM>",
    "I/O trouble, e.g. a cable.",
    "Install fail2ban, for IPv6 too; TLS 1.3 and SHA-256 and/or ed25519.",
  ])("but %s does", (text) => {
    expect(verified(said({ title: text, explanation: text })).own[0]?.explanation).toBe(text);
  });

  test("counts as seen if a finding says it whose lines are cited", () => {
    const quote = "Failed password for root from 203.0.113.9";
    const given = said({
      records: [numberOf("for root")],
      quote,
      title: "212 tries in 4m for 31 users, from 203.0.113.9 port 40022",
    });
    expect(verified(given).notes.get(key)).toBeDefined();
    expect(verified({ ...given, title: "40 ports" }).dropped).toEqual(["title"]);
  });
});

test("a sum that adds up may be said, another is thrown away with what says it", () => {
  const records = [disk, numberOf("template,")];
  const sum = (value: number) =>
    said({ records, title: "Lines", explanation: `${value} lines.`, numbers: [{ name: "lines", value, records }] });
  expect(verified(sum(215)).own[0]).toMatchObject({ explanation: "215 lines.", withheld: [] });
  expect(verified(sum(216)).own[0]).toMatchObject({ withheld: ["numbers", "explanation"] });
  // Records that the finding itself doesn't cite don't count.
  expect(verified({ ...sum(215), records: [disk] }).own[0]).toMatchObject({ withheld: ["numbers", "explanation"] });
});

describe("local findings", () => {
  const quote = "Failed password for root from 203.0.113.9";
  const explaining = said({
    records: [numberOf("for root")],
    quote,
    title: "Guessing",
    groups: [key, "scan:198.51.100.4", "nonsense"],
  });

  test("are explained by what quotes their lines, and related, whatever severity it claims", () => {
    const { notes, own } = verified({ ...explaining, severity: "info" });
    expect(own).toEqual([]);
    expect([...notes]).toEqual([
      [
        key,
        {
          quote,
          explanation: "The disk has errors.",
          recommendation: "Replace the disk.",
          related: ["scan:198.51.100.4"],
          withheld: [],
        },
      ],
    ]);
    expect(verified({ ...explaining, groups: [] }).notes.has(key)).toBe(true);
  });

  test("aren't explained by other lines", () => {
    const { notes, own } = verified(said({ groups: [key], records: [disk, numberOf("finding critical")] }));
    expect(notes.size).toBe(0);
    expect(own).toHaveLength(1);
  });

  test("lend their severity to what quotes their lines, and nothing else is more than a warning", () => {
    expect(verified(said({ severity: "critical" })).own[0]?.finding.severity).toBe("warning");
    const other = { ...explaining, groups: ["scan:198.51.100.4"], severity: "critical" as const };
    expect(verified(other).own[0]?.finding.severity).toBe("critical");
  });
});

test("what comes in heaps is cut", () => {
  const many = verify({ findings: Array.from({ length: 50 }, () => said()), summary: "" }, digest, input.findings);
  expect([many.own.length, many.dropped]).toEqual([1, ["too many"]]);
  const long = verified(
    said({ title: "word ".repeat(100_000), explanation: "word ".repeat(100_000), recommendation: "w".repeat(100_000) }),
  ).own[0];
  expect(long?.finding.title).toHaveLength(160);
  expect(long?.explanation).toHaveLength(1_000);
  expect(long?.recommendation).toHaveLength(600);
});

test("a summary needs something that it sums up, and says nothing else", () => {
  expect(verify({ findings: [], summary: "All is well." }, digest, input.findings).summary).toBeUndefined();
  expect(verify({ findings: [said()], summary: "" }, digest, input.findings).summary).toBeUndefined();
  expect(
    verify({ findings: [said()], summary: "99999 hosts are lost." }, digest, input.findings).summary,
  ).toBeUndefined();
  expect(verified(said(), said({ quote: "made up of nothing" })).summary).toBeUndefined();
});
