import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { createBaseline } from "../baseline/baseline.ts";
import type { LogRecord } from "../record.ts";
import { createRedactor } from "../redact/redactor.ts";
import { analyse, lines } from "./analyse.test-support.ts";
import { createDetector } from "./detector.ts";
import { rules } from "./rules.ts";
import { createTally } from "./tally.ts";

const failures = (source: string, count = 6): string[] =>
  lines(
    count,
    1_000,
    (i, { syslog }) => `${syslog} web1 sshd[${i}]: Failed password for root from ${source} port 4022 ssh2`,
  );

test("a finding names its source, its user, its time, its numbers and its lines", () => {
  expect(analyse(failures("198.51.100.9"))).toEqual([
    {
      key: "brute-force:198.51.100.9",
      rule: "brute-force",
      severity: "info",
      score: 26,
      title: "Brute force from 198.51.100.9",
      why: "6 failed log-ins in 5s (the limit: 5 within 10m)",
      source: "198.51.100.9",
      user: "root",
      count: 6,
      firstAt: Date.parse("2026-05-11T08:00:00Z"),
      lastAt: Date.parse("2026-05-11T08:00:05Z"),
      evidence: failures("198.51.100.9").map((text, i) => ({ line: i + 1, text })),
      templates: [expect.any(String)],
    },
  ]);
});

test("a few failed log-ins are for information, many a warning", () => {
  expect(analyse(failures("198.51.100.9", 9))).toMatchObject([{ rule: "brute-force", severity: "info" }]);
  expect(analyse(failures("198.51.100.9", 10))).toMatchObject([{ rule: "brute-force", severity: "warning" }]);
});

test("of a family only the first that fits is told of a source", () => {
  const many = lines(
    20,
    1_000,
    (i, { syslog }) => `${syslog} h x[${i}]: Failed password for user${i} from 198.51.100.9 port 1`,
  );
  expect(analyse(many).map(({ rule }) => rule)).toEqual(["password-spraying"]);
});

test("several lines of one attempt are one attempt", () => {
  const attempt = (pid: number) => [
    `May 11 08:00:0${pid} h x[${pid}]: authentication failure; rhost=198.51.100.9`,
    `May 11 08:00:0${pid} h x[${pid}]: Failed password for bob from 198.51.100.9 port 1`,
  ];
  expect(analyse([1, 2, 3].flatMap(attempt))).toEqual([]);
  expect(analyse([1, 2, 3, 4, 5].flatMap(attempt))).toHaveLength(1);
});

test("a line that names no address is of the one whom its process spoke with before", () => {
  const session = [1, 2, 3, 4, 5].flatMap((i) => [
    `May 11 08:00:0${i} gw vpn[7]: received packet: from 198.51.100.9[500] to 192.0.2.1[500]`,
    `May 11 08:00:0${i} gw vpn[7]: authentication failed, closing`,
  ]);
  expect(analyse(session)).toMatchObject([{ rule: "brute-force", source: "198.51.100.9", count: 5 }]);
  expect(analyse(session.map((line, i) => line.replace("vpn[7]", `vpn[${i}]`)))).toEqual([]);
});

test("lines without a time of their own count by the last that had one, and none at all as one time", () => {
  expect(analyse(Array<string>(5).fill("login failed from 198.51.100.9"))).toMatchObject([{ source: "198.51.100.9" }]);
  expect(analyse(Array<string>(5).fill("login failed from 198.51.100.9"))[0]).not.toHaveProperty("firstAt");
});

test("more findings of a rule than are told one by one are summed up in one", () => {
  const log = Array.from({ length: 60 }, (_, i) => failures(`198.51.100.${i + 1}`, 5 + (i % 7))).flat();
  const found = analyse(log, { each: 10 }).filter(({ rule }) => rule === "brute-force");
  expect(found).toHaveLength(11);
  const others = found.find(({ key }) => key === "brute-force:others");
  expect(others).toMatchObject({ title: "Brute force: 50 more", severity: "warning" });
  expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(log.length);
  expect(others?.evidence).toHaveLength(20);
  expect(found.slice(0, 10).every(({ count }) => count >= (others?.evidence.length ?? 0) / 20)).toBe(true);
});

test("addresses and users that redaction gave other names are told by those", () => {
  const { redact } = createRedactor({ key: new Uint8Array(32), pseudonyms: { addresses: true, users: true } });
  const [finding] = analyse(failures("198.51.100.9").map(redact));
  expect(finding?.source).toMatch(/^<IP:[\da-f]{4}>$/);
  expect(finding?.user).toMatch(/^<USER:[\da-f]{4}>$/);
  expect(finding?.title).toBe(`Brute force from ${finding?.source}`);
});

describe("hostile text", () => {
  const evil = `"${"A".repeat(5_000)}\u001b[31m\u202e`;
  test.each([
    ["a user", `login failed for user '${evil}' from 198.51.100.9`],
    [
      "a path",
      `198.51.100.9 - - [11/May/2026:08:00:00 +0000] "GET /../../etc/passwd?${"%3Cscript%3E".repeat(600)} HTTP/1.1" 404 1 "-" "${evil}"`,
    ],
    ["a program", `May 11 08:00:00 h ${"p".repeat(3_000)}: kernel panic from 198.51.100.9`],
    ["a message", `May 11 08:00:00 h x[1]: FATAL error ${evil}`],
  ])("is short and clean in whatever is told: %s", (_, line) => {
    const found = analyse(Array<string>(6).fill(line));
    expect(found.length).toBeGreaterThan(0);
    for (const { key, title, why, user, evidence } of found) {
      for (const text of [key, title, why, user ?? ""]) expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
      expect(Math.max(key.length, title.length, why.length, (user ?? "").length)).toBeLessThanOrEqual(200);
      expect(evidence.length).toBeLessThanOrEqual(20);
    }
  });

  test("takes no longer than its length warrants", () => {
    const bits = [
      "auth ",
      "fail",
      "user ",
      "../",
      "%2e",
      "select ",
      "' or ",
      "${",
      "{{",
      "<",
      "1.1.1.1 ",
      "::",
      "from ",
      "reject ",
      "curl ",
      "=",
      "(",
      "[",
      "SRC=",
      "->",
      "POST ",
      '"',
      "su: ",
      "\\x2e",
    ];
    const spent = process.cpuUsage();
    let bytes = 0;
    for (const bit of bits)
      for (const other of bits) {
        const text = (bit + other).repeat(Math.ceil(8_000 / (bit.length + other.length)));
        createDetector().take({ line: 1, text, message: text }, "t");
        bytes += text.length;
      }
    const { user } = process.cpuUsage(spent);
    // Some 5 MB of the worst; a pattern that backtracks would take minutes for one line.
    expect(user / bytes).toBeLessThan(4);
  });
});

const words = [
  "Failed password for",
  "root",
  "from",
  "198.51.100.9",
  "203.0.113.5",
  "GET",
  "/../..",
  'HTTP/1.1"',
  "404",
  "error",
  "panic",
  "user=bob",
  "DPT=22",
  "SRC=192.0.2.9",
  "denied",
  "May 11 08:00:00 h x[1]:",
  "{",
  "}",
  "relay access denied",
];
const anyLines = fc.array(
  fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((some) => some.join(" ")),
  { maxLength: 60 },
);

test("the same log gives the same findings, each with evidence of the log, heaviest first", () => {
  fc.assert(
    fc.property(anyLines, (log) => {
      const found = analyse(log);
      expect(analyse(log)).toEqual(found);
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
      for (const { evidence, count } of found) {
        expect(evidence.length).toBeGreaterThan(0);
        expect(evidence.length).toBeLessThanOrEqual(Math.min(20, count));
        for (const { line, text } of evidence) expect(log[line - 1]?.trim()).toBe(text.trim());
      }
    }),
    { numRuns: 60 },
  );
});

test("a log-in from an address that the host's baseline never saw is told, once there is a baseline to speak of", () => {
  const from = (source: string) =>
    `May 11 08:00:00 h sshd[1]: Accepted publickey for anna from ${source} port 1 ssh2: x`;
  const days = Array.from({ length: 1_200 }, (_, i) =>
    from("192.0.2.1").replace(
      "May 11 08",
      `May ${String(6 + Math.floor(i / 240)).padStart(2, "0")} ${String(i % 24).padStart(2, "0")}`,
    ),
  );
  const run = (log: string[], saved?: string) => {
    const baseline = createBaseline({ now: Date.parse("2026-05-11T09:00Z"), ...(saved && { saved }) });
    return { found: analyse(log, { baseline }), saved: baseline.save() };
  };
  const { found, saved } = run(days);
  expect(found).toEqual([]);
  expect(run([from("192.0.2.1")], saved).found).toEqual([]);
  expect(run([from("198.51.100.9")], saved).found).toMatchObject([
    {
      rule: "new-address",
      severity: "info",
      source: "198.51.100.9",
      user: "anna",
      title: "First log-in from 198.51.100.9",
    },
  ]);
});

test("however many sources there are, only so many are held; those that fired stay longer", () => {
  const rule = rules.find(({ name }) => name === "brute-force");
  if (!rule) throw new Error("no such rule");
  const tally = createTally(100);
  const add = (subject: string, line: number): void => {
    const record: LogRecord = { line, text: "x", message: "x" };
    tally.add(rule, subject, { record, line: { line, text: "x" }, template: "t", at: line, source: subject });
  };
  for (let i = 0; i < 5; i++) add("loud", i);
  for (let i = 0; i < 5_000; i++) {
    add(`quiet-${i}`, 10 + i);
    expect(tally.size).toBeLessThanOrEqual(100);
  }
  expect(tally.fired().map(({ subject, lines }) => [subject, lines])).toEqual([["loud", 5]]);
});
