import { describe, expect, test } from "vitest";
import { takeLines } from "./take-lines.ts";

const take = (text: string | Buffer, given: Partial<Parameters<typeof takeLines>[1]> = {}) =>
  takeLines(Buffer.from(text as string), { room: 100, passedBytes: 0, end: "growing", ...given });

describe("lines of a file", () => {
  test.each<[string, string | Buffer, string[], number]>([
    ["end with LF or CRLF", "one\r\ntwo\n", ["one", "two"], 9],
    ["may be empty", "\n\none\n", ["", "", "one"], 6],
    ["stay where they are until they have an end", "one\ntwo", ["one"], 4],
    ["are ended by what a crash has left", "one\ntor\0\0\0\0two\nthree\n", ["one", "tor", "two", "three"], 21],
    ["keep a single NUL", "a\0b\n", ["a\0b"], 4],
    ["survive bad UTF-8", Buffer.from([0x61, 0xff, 0x62, 0x0a]), ["a\ufffdb"], 4],
    ["leave NULs at the end alone, which may yet become text", "one\n\0\0\0", ["one"], 4],
  ])("%s", (_, text, lines, usedBytes) => {
    expect(take(text)).toEqual({ lines, usedBytes, passedBytes: 0 });
  });

  test("no more are taken than there is room for", () => {
    expect(take("1\n2\n3\n", { room: 2 })).toEqual({ lines: ["1", "2"], usedBytes: 4, passedBytes: 0 });
  });

  test("where nothing follows any more the last needs no end, and NULs are none", () => {
    expect(take("one\ntwo\0\0", { end: "over" })).toEqual({ lines: ["one", "two"], usedBytes: 9, passedBytes: 0 });
  });

  test("a hole in the middle is passed over", () => {
    expect(take("\0".repeat(500), { end: "more" })).toEqual({ lines: [], usedBytes: 500, passedBytes: 0 });
  });

  test("a line of 8 KiB is handed on, and one byte more is withheld", () => {
    const longest = "x".repeat(8_192);
    expect(take(`${longest}\n${longest}y\n`).lines).toEqual([longest, { withheldBytes: 8_193 }]);
  });

  test("a long line is withheld over several reads, with all of its length", () => {
    const first = take("x".repeat(10_000), { end: "more" });
    expect(first).toEqual({ lines: [], usedBytes: 10_000, passedBytes: 10_000 });
    const second = take("yyy\nnext\n", { passedBytes: first.passedBytes });
    expect(second).toEqual({ lines: [{ withheldBytes: 10_003 }, "next"], usedBytes: 9, passedBytes: 0 });
    expect(take("", { passedBytes: 10_000, end: "over" }).lines).toEqual([{ withheldBytes: 10_000 }]);
  });
});
