import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../../../../tests/support/processes.ts";
import { collector, objection } from "../collector.test-support.ts";
import { defineSource } from "../define-source.ts";
import { followJournal, journalCursor, journalOptions } from "../journal-cursor.ts";
import { entryOf } from "../journal-entry.ts";
import type { Ended, Run } from "../source.ts";
import { journal } from "./journal.ts";
import { localRun } from "./local-run.ts";
import { z } from "zod";

const maker = "/lib/systemd/systemd-journal-remote";
const hasSystemd = existsSync(maker) && spawnSync("journalctl", ["--version"]).status === 0;
const startAt = Date.UTC(2026, 0, 5, 12);

/** An entry in the journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS), which text can't always be in. */
function exported(i: number, message: string | Buffer | string[], extra: Record<string, string> = {}): Buffer {
  const fields: Record<string, string> = {
    __REALTIME_TIMESTAMP: String((startAt + i * 1_000) * 1_000),
    __MONOTONIC_TIMESTAMP: String(i * 1_000_000),
    _BOOT_ID: "00112233445566778899aabbccddeeff",
    _MACHINE_ID: "ffeeddccbbaa99887766554433221100",
    _HOSTNAME: "web01",
    SYSLOG_IDENTIFIER: "app",
    SYSLOG_FACILITY: "4",
    PRIORITY: "6",
    _PID: String(100 + i),
    _SYSTEMD_UNIT: i % 2 === 0 ? "even.service" : "odd.service",
    ...extra,
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}=${value}\n`);
  if (Buffer.isBuffer(message)) {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(message.length));
    return Buffer.concat([Buffer.from(`${head.join("")}MESSAGE\n`), size, message, Buffer.from("\n\n")]);
  }
  const messages = [message].flat().map((text) => `MESSAGE=${text}\n`);
  return Buffer.from(`${head.join("")}${messages.join("")}\n`);
}

/** Makes a journal file of such entries. */
function record(folder: string, name: string, entries: readonly Buffer[]): string {
  const [from, to] = [path.join(folder, `${name}.export`), path.join(folder, "journal", `${name}.journal`)];
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(from, Buffer.concat(entries));
  execFileSync(maker, ["--output", to, from], { stdio: "pipe" });
  return to;
}

const lineOf = (i: number, message = `entry ${i}`): string =>
  `<38>1 ${new Date(startAt + i * 1_000).toISOString()} web01 app ${100 + i} - - ${message}`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const entries = (from: number, to: number): Buffer[] => range(from, to).map((i) => exported(i, `entry ${i}`));
const lines = (from: number, to: number): string[] => range(from, to).map((i) => lineOf(i));
const brings = (expected: readonly unknown[]) => ({ lines: expected, gaps: [], more: false, faults: [] });

describe.skipIf(!hasSystemd)("the journal, as systemd writes and reads it", () => {
  function follow(options: object = {}) {
    const folder = temporaryFolder();
    const file = record(folder, "first", entries(1, 20));
    const source = collector(journal, { directory: path.dirname(file), from: "start", ...options });
    return { ...source, folder, file };
  }

  test("is read on by its cursor, and the same again until that is committed", async () => {
    const { folder, collect, peek } = follow();
    expect(await collect({ lines: 15 })).toMatchObject({ ...brings(lines(1, 15)), more: true });
    const first = await peek();
    expect(first).toMatchObject(brings(lines(16, 20)));
    expect(await peek()).toEqual(first);
    await collect();
    expect(await collect()).toMatchObject(brings([]));
    record(folder, "second", entries(21, 23));
    expect(await collect()).toMatchObject(brings(lines(21, 23)));
  });

  test("has its units picked out, and no entry of them is lost", async () => {
    const { collect } = follow({ units: ["even"] });
    const even = range(1, 20).filter((i) => i % 2 === 0);
    expect((await collect({ lines: 4 })).lines).toEqual(even.slice(0, 4).map((i) => lineOf(i)));
    expect((await collect()).lines).toEqual(even.slice(4).map((i) => lineOf(i)));
  });

  test("may hold bytes, several messages, several lines, and more than is handed on", async () => {
    const folder = temporaryFolder();
    const odd = [
      exported(1, Buffer.from([0x61, 0xff, 0x0a, 0x62])),
      exported(2, ["one", "two"]),
      exported(3, `long ${"x".repeat(9_000)}`),
      exported(4, "plain", { SYSLOG_IDENTIFIER: "my app", PRIORITY: "3" }),
    ];
    const file = record(folder, "odd", odd);
    const { lines } = await collector(journal, { directory: path.dirname(file), from: "start" }).collect();
    expect(lines).toEqual([
      lineOf(1, "a\ufffd b"),
      lineOf(2, "one two"),
      { withheldBytes: 9_005 },
      lineOf(4, "plain").replace("<38>", "<35>").replace(" app ", " my_app "),
    ]);
  });

  test("that was vacuumed is read from what is left, and a gap told once", async () => {
    const { folder, file, collect, clock } = follow();
    await collect();
    record(folder, "second", entries(30, 31));
    rmSync(file);
    const gap = { reason: "vacuumed", from: startAt + 20_000, to: clock.now() };
    expect(await collect()).toMatchObject({ ...brings(lines(30, 31)), gaps: [gap] });
    expect(await collect()).toMatchObject(brings([]));
  });

  test("that is another one with the same entries isn't read twice", async () => {
    const { folder, file, collect } = follow();
    await collect();
    rmSync(file);
    record(folder, "restored", [...entries(1, 20), ...entries(21, 22)]);
    const { lines: later, gaps } = await collect();
    expect([later, gaps.length]).toEqual([lines(21, 22), 1]);
  });

  test("begins with the last thousand entries", async () => {
    const file = record(temporaryFolder(), "long", entries(1, 1_100));
    const { collect } = collector(journal, { directory: path.dirname(file) });
    expect((await collect()).lines).toEqual(lines(101, 1_100));
  });

  test("that isn't there is a fault, and no gap", async () => {
    const { file, collect } = follow();
    await collect();
    rmSync(file);
    const message = "there is no journal: check that systemd-journald runs, and the directory if one is set";
    expect(await collect()).toMatchObject({ lines: [], gaps: [], faults: [{ step: "open", message }] });
  });
});

/** Where journalctl can't be had, or doesn't do it on demand. */
async function said(ended: Partial<Ended>, ...printed: string[]) {
  const run: Run = async (_, { onOutput }) => {
    for (const text of printed) if (!onOutput(Buffer.from(text))) return { status: undefined, stderr: "" };
    return { status: 0, stderr: "", ...ended };
  };
  const source = defineSource({
    type: "journal",
    options: z.strictObject(journalOptions),
    cursor: journalCursor,
    title: () => "",
    collect: (request) => followJournal(run, request),
  });
  return collector(source, {}).collect();
}

describe("what journalctl says", () => {
  const entry = JSON.stringify({ __CURSOR: "c", __REALTIME_TIMESTAMP: "1767614400000000", MESSAGE: "hello" });

  test.each<[string, Partial<Ended>, object]>([
    [
      "no rights",
      { status: 1, stderr: "No journal files were opened due to insufficient permissions." },
      {
        step: "open",
        message:
          "the journal may not be read: let its user read the journal: make it a member of the group systemd-journal",
      },
    ],
    [
      "a part of it",
      { stderr: "Hint: You are currently not seeing messages from other users and the system." },
      {
        step: "read",
        message:
          "only a part of the journal can be seen: let its user read the journal: make it a member of the group systemd-journal",
      },
    ],
    [
      "an old one",
      { status: 1, stderr: "journalctl: unrecognized option '--output-fields'" },
      {
        step: "open",
        message: "this journalctl is too old: systemd 236 or later is needed",
      },
    ],
    [
      "anything else",
      { status: 1, stderr: "Bad \u001b[31mmessage\n" },
      {
        step: "read",
        message: "journalctl failed (1): Bad message",
      },
    ],
    ["a kill", { status: undefined }, { step: "read", message: "journalctl failed (killed)" }],
  ])("is told: %s", async (_, ended, fault) => {
    const { lines: all, faults } = await said(ended, `${entry}\n`);
    expect([all.length, faults]).toEqual([1, [fault]]);
  });

  test("is taken apart wherever it was cut, and what isn't an entry is passed over", async () => {
    const text = `-- No entries --\n${entry}\n{"half":`;
    const { lines: all } = await said({}, ...text);
    expect(all).toEqual(["<29>1 2026-01-05T12:00:00.000Z - - - - - hello"]);
  });

  test("is passed over where it is too long to be held", async () => {
    const { lines: all } = await said({}, `{"MESSAGE":"${"x".repeat(5 << 20)}"`, `${"x".repeat(100)}}\n${entry}\n`);
    expect(all).toHaveLength(1);
  });

  test("may be null where a field is too long", () => {
    const fields = { __CURSOR: "c", __REALTIME_TIMESTAMP: "1767614400000000", MESSAGE: null, PRIORITY: "9" };
    expect(entryOf(JSON.stringify(fields))).toMatchObject({ line: "<29>1 2026-01-05T12:00:00.000Z - - - - - " });
  });
});

test("a program that isn't there, and a folder that isn't one", async () => {
  const { signal } = new AbortController();
  const none = localRun(["no-such-program"], { signal, onOutput: () => true });
  await expect(none).rejects.toMatchObject({
    step: "open",
    message: "there is no no-such-program on this machine: install the package that brings it",
  });
  expect(objection(journal, { directory: "journal" })).toBe(
    "directory: give an absolute path of a folder with journal files",
  );
});

test("a program is ended when it has said enough, or nobody wants to know any more", async () => {
  const enough = await localRun(["yes"], { signal: new AbortController().signal, onOutput: () => false });
  expect(enough).toEqual({ status: undefined, stderr: "" });
  const ending = new AbortController();
  const sleeping = localRun(["sleep", "60"], { signal: ending.signal, onOutput: () => true });
  ending.abort();
  expect((await sleeping).status).toBeUndefined();
});
