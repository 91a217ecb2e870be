import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../../../../../../tests/support/processes.ts";
import { collector, objection } from "../collector.test-support.ts";
import { type Files, SourceFault } from "../source.ts";
import { defineSource } from "../define-source.ts";
import { followedCursor, followFiles } from "../follow-file.ts";
import { file } from "./file.ts";
import { localFiles } from "./local-files.ts";
import { z } from "zod";

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i} ${"text ".repeat(5)}`);
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** A log that was read up to its third line. */
async function follow(from: "start" | "end" = "start") {
  const folder = temporaryFolder();
  const log = path.join(folder, "app.log");
  writeFileSync(log, textOf(numbered(1, 3)));
  const source = collector(file, { path: log, from });
  expect((await source.collect()).lines).toEqual(numbered(1, 3));
  return {
    ...source,
    folder,
    log,
    at: (name: string): string => path.join(folder, name),
    write: (from: number, to: number): void => appendFileSync(log, textOf(numbered(from, to))),
  };
}

/** What a collection brings when all is well. */
const brings = (lines: readonly unknown[]) => ({ lines, gaps: [], more: false, faults: [] });

describe("a file is followed", () => {
  test("through nothing new", async () => {
    const { collect, cursor } = await follow();
    const before = cursor();
    expect(await collect()).toMatchObject(brings([]));
    expect(cursor()).toEqual(before);
  });

  test("and brings the same again until it was committed", async () => {
    const { write, peek, collect } = await follow();
    write(4, 5);
    const first = await peek();
    expect(await peek()).toEqual(first);
    expect(await collect()).toMatchObject(brings(numbered(4, 5)));
  });

  test("through a line that isn't finished yet", async () => {
    const { log, collect } = await follow();
    appendFileSync(log, "half a ");
    expect(await collect()).toMatchObject(brings([]));
    appendFileSync(log, "line\n");
    expect(await collect()).toMatchObject(brings(["half a line"]));
  });

  test("through a rename and a new file", async () => {
    const { log, at, write, collect } = await follow();
    write(4, 5);
    renameSync(log, at("app.log.1"));
    expect(await collect()).toMatchObject(brings(numbered(4, 5)));
    writeFileSync(log, textOf(numbered(6, 7)));
    expect(await collect()).toMatchObject(brings(numbered(6, 7)));
  });

  test("through several rotations at once, packed ones too", async () => {
    const { log, at, write, collect } = await follow();
    write(4, 5);
    writeFileSync(at("app.log.2.gz"), gzipSync(readFileSync(log)));
    rmSync(log);
    writeFileSync(at("app.log.1"), textOf(numbered(6, 7)));
    writeFileSync(log, textOf(numbered(8, 9)));
    expect(await collect()).toMatchObject(brings(numbered(4, 9)));
  });

  test("through what is written late into the file before", async () => {
    const { log, at, collect } = await follow();
    renameSync(log, at("app.log.1"));
    writeFileSync(log, textOf(numbered(4, 4)));
    expect(await collect()).toMatchObject(brings(numbered(4, 4)));
    appendFileSync(at("app.log.1"), "late\n");
    expect(await collect()).toMatchObject(brings(["late"]));
    expect(await collect()).toMatchObject(brings([]));
  });

  test("through copying and emptying, which may lose something", async () => {
    const { log, at, write, collect } = await follow();
    write(4, 5);
    copyFileSync(log, at("app.log.1"));
    truncateSync(log);
    const { lines, gaps } = await collect();
    expect([lines, gaps]).toEqual([numbered(4, 5), [expect.objectContaining({ reason: "truncated", where: log })]]);
    write(6, 7);
    expect(await collect()).toMatchObject(brings(numbered(6, 7)));
  });

  test.each<[string, string, (log: string) => void]>([
    ["emptied in place", "truncated", (log) => truncateSync(log)],
    ["emptied and written beyond where we were", "truncated", (log) => writeFileSync(log, textOf(numbered(10, 99)))],
    [
      "removed and made anew",
      "replaced",
      (log) => {
        renameSync(log, `${log}~`);
        writeFileSync(log, textOf(numbered(10, 11)));
        rmSync(`${log}~`);
      },
    ],
    [
      "replaced by something longer",
      "replaced",
      (log) => {
        writeFileSync(`${log}~`, textOf(numbered(10, 99)));
        renameSync(`${log}~`, log);
      },
    ],
  ])("a file that was %s is read from its start, and a gap told once", async (_, reason, damage) => {
    const { log, collect } = await follow();
    damage(log);
    const { lines, gaps } = await collect();
    expect(gaps).toMatchObject([{ reason, where: log }]);
    expect(lines).toEqual(readFileSync(log, "utf8").split("\n").slice(0, -1));
    expect(await collect()).toMatchObject(brings([]));
  });

  test("a file that was rotated away is told of", async () => {
    const { log, at, collect } = await follow();
    renameSync(log, at("gone"));
    writeFileSync(at("app.log.1"), textOf(numbered(8, 8)));
    writeFileSync(log, textOf(numbered(9, 9)));
    const { lines, gaps } = await collect();
    expect([lines, gaps]).toMatchObject([numbered(8, 9), [{ reason: "rotated-away" }]]);
  });

  test.each([
    ["packed by another program", "app.log.1.xz", Buffer.from("\xfd7zXZ", "latin1")],
    ["damaged", "app.log.1.gz", gzipSync("text\n".repeat(500)).subarray(0, 30)],
  ])("a rotated file that is %s doesn't keep us from the rest", async (_, name, bytes) => {
    const { log, at, write, collect } = await follow();
    renameSync(log, at("app.log.2"));
    write(4, 4);
    expect(await collect()).toMatchObject(brings(numbered(4, 4)));
    rmSync(log);
    writeFileSync(at(name), bytes);
    write(6, 6);
    const { lines, gaps } = await collect();
    expect(lines).toEqual(numbered(6, 6));
    expect(gaps.map(({ reason }) => reason)).toEqual(["rotated-away", "unreadable"]);
  });

  test("a copy that replaces it goes on where it was", async () => {
    const { log, at, write, collect } = await follow();
    copyFileSync(log, at("copy"));
    renameSync(at("copy"), log);
    write(4, 5);
    expect(await collect()).toMatchObject(brings(numbered(4, 5)));
  });

  test("a link that leads elsewhere is followed once the old file is read", async () => {
    const folder = temporaryFolder();
    const [one, two, link] = ["one", "two", "current"].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(one, "1\n");
    symlinkSync("one", link);
    const { collect } = collector(file, { path: link, from: "start" });
    expect(await collect()).toMatchObject(brings(["1"]));
    appendFileSync(one, "2\n");
    writeFileSync(two, "3\n");
    rmSync(link);
    symlinkSync("two", link);
    expect(await collect()).toMatchObject(brings(["2", "3"]));
  });
});

describe("the first time", () => {
  test("the last thousand lines are of interest, or all", async () => {
    const folder = temporaryFolder();
    const log = path.join(folder, "app.log");
    const lines = numbered(1, 3_000);
    writeFileSync(log, textOf(lines));
    expect((await collector(file, { path: log }).collect()).lines).toEqual(lines.slice(-1_000));
    expect((await collector(file, { path: log, from: "start" }).collect()).lines).toEqual(lines);
    writeFileSync(log, textOf(Array.from({ length: 500 }, (_, i) => `${i}:${"x".repeat(5_000)}`)));
    const { lines: long } = await collector(file, { path: log }).collect();
    expect([long.length, String(long.at(-1)).slice(0, 4)]).toEqual([209, "499:"]);
  });

  test("a file that isn't there is a fault, and is read from its start once it is", async () => {
    const log = path.join(temporaryFolder(), "app.log");
    const { collect } = collector(file, { path: log });
    const fault = { step: "open", message: `there is no ${log}: check the path, and whether it was moved` };
    expect(await collect()).toMatchObject({ lines: [], gaps: [], faults: [fault] });
    writeFileSync(log, textOf(numbered(1, 2_000)));
    expect((await collect()).lines).toHaveLength(2_000);
  });
});

describe("limits", () => {
  test("no more lines or bytes are brought than asked for, and none is lost", async () => {
    const { write, collect } = await follow();
    write(4, 2_000);
    const all: unknown[] = [];
    for (let more = true; more;) {
      const collected = await collect({ lines: 150, bytes: 20_000 });
      expect(collected.lines.length).toBeLessThanOrEqual(150);
      all.push(...collected.lines);
      ({ more } = collected);
    }
    expect(all).toEqual(numbered(4, 2_000));
  });

  test("a hole of a gigabyte takes its time, a piece at a time", async () => {
    const { log, collect } = await follow();
    truncateSync(log, 1 << 30);
    const { lines, more } = await collect({ bytes: 1 << 20 });
    expect([lines, more]).toEqual([[], true]);
  });

  test("an end that is asked for is kept to", async () => {
    const { log, cursor } = await follow();
    const ending = AbortSignal.abort();
    appendFileSync(log, "more\n");
    const { clock, options } = { ...collector(file, { path: log }), options: file.options.parse({ path: log }) };
    const limits = { bytes: 1, lines: 1, ms: 1 };
    const { lines, more } = await file.collect({ options, cursor: cursor(), limits, signal: ending, clock, means: {} });
    expect([lines, more]).toEqual([[], true]);
  });

  test("what hangs ends with a fault, and with the cursor that it had", async () => {
    const hanging: Files = { ...localFiles, real: () => new Promise(() => {}) };
    const source = defineSource({
      type: "file",
      options: z.strictObject({ path: z.string(), from: z.enum(["start", "end"]) }),
      cursor: followedCursor,
      title: () => "",
      collect: (request) => followFiles(hanging, request),
    });
    const { collect, clock, stop } = collector(source, { path: "/log", from: "end" });
    const collecting = collect({ ms: 1_000 });
    clock.advance(6_000);
    expect((await collecting).faults).toMatchObject([
      { step: "limit", message: expect.stringMatching(/^no end after 1 s/) },
    ]);
    const stopped = collect();
    stop();
    expect((await stopped).faults).toMatchObject([{ step: "limit", message: expect.stringMatching(/^stopped: /) }]);
  });
});

describe("a pattern", () => {
  test("means all logs that match, each with its own place, but not what they were rotated into", async () => {
    const folder = temporaryFolder();
    const write = (name: string, text: string): void => appendFileSync(path.join(folder, name), text);
    for (const name of ["a.log", "b.log", "a.log.1", ".hidden.log", "a-20260105.log"]) write(name, `${name}\n`);
    mkdirSync(path.join(folder, "folder.log"));
    const { collect } = collector(file, { path: path.join(folder, "*.log"), from: "start" });
    expect(await collect()).toMatchObject(brings(["a.log", "b.log"]));
    write("b.log", "more\n");
    write("c.log", "new\n");
    expect(new Set((await collect()).lines)).toEqual(new Set(["more", "new"]));
    renameSync(path.join(folder, "b.log"), path.join(folder, "b.log.1"));
    write("b.log.1", "last\n");
    write("b.log", "first\n");
    expect(await collect()).toMatchObject(brings(["last", "first"]));
    rmSync(path.join(folder, "c.log"));
    expect((await collect()).gaps).toMatchObject([{ reason: "rotated-away", where: path.join(folder, "c.log") }]);
    expect(await collect()).toMatchObject(brings([]));
  });

  test("that matches nothing is a fault, and one that matches too much too", async () => {
    const folder = temporaryFolder();
    const none = await collector(file, { path: path.join(folder, "*.log") }).collect();
    expect(none.faults).toEqual([{ step: "open", message: `nothing matches ${folder}/*.log: check the path` }]);
    for (let i = 0; i < 120; i++) writeFileSync(path.join(folder, `app${i}.log`), `${i}\n`);
    const many = await collector(file, { path: path.join(folder, "*.log"), from: "start" }).collect();
    const message = `${folder}/*.log matches 120 logs: 100 of them are read; name fewer`;
    expect([many.lines.length, many.faults]).toEqual([100, [{ step: "limit", message }]]);
  });
});

describe("faults say what to do", () => {
  test.each([
    ["relative.log", "path: give an absolute path of a file, such as /var/log/auth.log or /var/log/*.log"],
    ["/var/log/", "path: give an absolute path of a file, such as /var/log/auth.log or /var/log/*.log"],
    ["/var/*/app.log", "path: * and ? may be in the last part alone: /var/log/*.log"],
  ])("%s is no path", (given, said) => {
    expect(objection(file, { path: given })).toBe(said);
  });

  test.each<[string, (at: string) => void, RegExp]>([
    ["a folder", (at) => mkdirSync(at), /is a folder: name a file in it, or .*\/\*\.log$/],
    ["a link to itself", (at) => symlinkSync(at, at), /is a link that leads back to itself$/],
  ])("%s", async (_, make, said) => {
    const at = path.join(temporaryFolder(), "app.log");
    make(at);
    const { faults } = await collector(file, { path: at }).collect();
    expect(faults).toMatchObject([{ step: "open", message: expect.stringMatching(said) }]);
  });

  test("a pipe", async () => {
    const at = path.join(temporaryFolder(), "app.log");
    await run("mkfifo", [at]).ended;
    const { faults } = await collector(file, { path: at }).collect();
    expect(faults).toMatchObject([
      { step: "open", message: expect.stringMatching(/isn't a file that can be read again$/) },
    ]);
  });

  test("a file that may not be read keeps none of the others from being read", async () => {
    const folder = temporaryFolder();
    for (const name of ["a.log", "b.log"]) writeFileSync(path.join(folder, name), `${name}\n`);
    chmodSync(path.join(folder, "a.log"), 0);
    // Whoever runs the tests may be allowed everything.
    const denying: Files = {
      ...localFiles,
      open: (at) =>
        at.endsWith("a.log") ? Promise.reject(new SourceFault("open", `${at} may not be read`)) : localFiles.open(at),
    };
    const request = {
      cursor: undefined,
      limits: { bytes: 1e6, lines: 100, ms: 1e6 },
      signal: new AbortController().signal,
    };
    const { clock } = collector(file, { path: "/log" });
    const options = { path: path.join(folder, "*.log"), from: "start" as const };
    const { lines, faults } = await followFiles(denying, { ...request, options, clock });
    expect([lines, faults]).toEqual([["b.log"], [{ step: "open", message: `${folder}/a.log may not be read` }]]);
  });

  test("a cursor that can't be read is told of, and the file begun anew", async () => {
    const { collect, forge } = await follow();
    forge({ something: "else" });
    const { lines, gaps } = await collect();
    expect([lines, gaps]).toEqual([numbered(1, 3), [{ reason: "cursor-lost" }]]);
  });
});

test("a file that is emptied and written anew while it is read isn't mixed with what it was", async () => {
  const { log, collect, cursor, clock } = await follow();
  appendFileSync(log, textOf(numbered(4, 20_000)));
  let reads = 0;
  const changing: Files = {
    ...localFiles,
    async open(at) {
      const opened = await localFiles.open(at);
      return (
        opened && {
          ...opened,
          read(offset, sizeBytes) {
            if (sizeBytes > 10_000 && ++reads === 2) writeFileSync(log, textOf(numbered(50_001, 80_000)));
            return opened.read(offset, sizeBytes);
          },
        }
      );
    },
  };
  const request = { limits: { bytes: 1e9, lines: 1e6, ms: 1e6 }, signal: new AbortController().signal, clock };
  const options = { path: log, from: "start" as const };
  const mixed = await followFiles(changing, { ...request, options, cursor: followedCursor.parse(cursor()) });
  expect(mixed).toMatchObject({ lines: [], gaps: [], more: true });
  const { lines, gaps } = await collect();
  expect([lines[0], lines.length, gaps]).toMatchObject([
    numbered(50_001, 50_001)[0],
    30_000,
    [{ reason: "truncated" }],
  ]);
});
