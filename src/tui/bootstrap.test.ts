import { expect, test } from "vitest";
import { bootstrap } from "./bootstrap.ts";

const tty = { isTTY: true };
const start = (env: Record<string, string | undefined>, stdin = tty, stdout = tty) => ({
  ...bootstrap({ env, stdin, stdout }),
  env,
});

test("a terminal gets the full screen in colour, with React in production", () => {
  expect(start({ TERM: "xterm", LANG: "en_US.UTF-8" })).toMatchObject({
    mode: "screen",
    color: true,
    unicode: true,
    env: { NODE_ENV: "production" },
  });
});
test.each([
  ["a dumb terminal", { TERM: "dumb" }, tty, tty],
  ["a pipe for output", { TERM: "xterm" }, tty, { isTTY: false }],
  ["a pipe for input", { TERM: "xterm" }, { isTTY: false }, tty],
])("%s gets lines", (_name, env, stdin, stdout) => expect(start(env, stdin, stdout).mode).toBe("lines"));
test("NO_COLOR counts when it is not empty, and reaches Ink", () => {
  expect(start({ NO_COLOR: "1" })).toMatchObject({ color: false, env: { FORCE_COLOR: "0" } });
  expect(start({ NO_COLOR: "" }).color).toBe(true);
});
test("without a UTF-8 locale there are no blocks", () => {
  expect(start({ LANG: "C" }).unicode).toBe(false);
  expect(start({ LANG: "C", LC_ALL: "de_DE.utf8" }).unicode).toBe(true);
  expect(start({ TERM: "linux", LANG: "C.UTF-8" }).unicode).toBe(false);
});
test("a NODE_ENV that was given stays", () => expect(start({ NODE_ENV: "test" }).env["NODE_ENV"]).toBe("test"));
