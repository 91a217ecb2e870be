import { execFileSync } from "node:child_process";
import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { shellLine } from "./shell-words.ts";

/** What a real shell makes of the line: each word, ended by a NUL. */
function wordsBySh(line: string): string[] {
  const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], {
    env: { PATH: "/usr/bin:/bin", HOME: "/home/x" },
  });
  return printed.toString().split("\0").slice(0, -1);
}

const hostile = [
  "$HOME",
  "`id`",
  "$(id)",
  ";id",
  "&",
  "|",
  ">x",
  "<x",
  "*",
  "?",
  "~",
  "!!",
  "'",
  "''",
  '"',
  "\\",
  "\\'",
  " ",
  "\t",
  "#",
  "{a,b}",
  "-n",
  "",
  "=",
  "x=y",
  "é",
  "\u{1f600}",
  "\u0001",
  "\u007f",
  "%s",
];

test("a real shell takes every word as it is", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.toWellFormed().replace(/[\0\r\n]/g, "")),
    fc.array(fc.constantFrom(...hostile), { maxLength: 8 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      expect(wordsBySh(shellLine(words))).toEqual(words);
    }),
    { numRuns: 300 },
  );
});

test("a path stays as people read it", () => {
  expect(shellLine(["journalctl", "--after-cursor=s=1;i=2", "it's"])).toBe(
    `journalctl '--after-cursor=s=1;i=2' 'it'\\''s'`,
  );
  expect(shellLine(["cat", "/var/log/auth.log"])).toBe("cat /var/log/auth.log");
});

test.each([
  ["a NUL", "b\0c"],
  ["a line end", "a\nb"],
  ["another line end", "a\rb"],
  ["too much", "x".repeat(4_097)],
])("a word with %s is refused", (_, word) => {
  expect(() => shellLine(["cat", word])).toThrow("isn't passed on");
});
