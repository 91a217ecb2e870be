import { describe, expect, test } from "vitest";
import { bootstrap } from "./bootstrap.ts";

const start = (env: Record<string, string | undefined>) => ({ ...bootstrap({ env }), env });

test("a terminal gets the full screen in colour, with React in production", () => {
  expect(start({ TERM: "xterm", LANG: "en_US.UTF-8" })).toMatchObject({
    depth: 4,
    unicode: true,
    multiplexer: undefined,
    env: { NODE_ENV: "production" },
  });
});

describe("colours", () => {
  test.each([
    [{ TERM: "xterm-256color" }, 8],
    [{ TERM: "tmux-256color", TMUX: "/tmp/tmux" }, 8],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, 24],
    [{ TERM: "xterm-256color", COLORTERM: "24bit" }, 24],
    [{ TERM: "xterm-256color", COLORTERM: "yes" }, 8],
    [{ TERM: "xterm-kitty" }, 24],
    [{ TERM: "alacritty" }, 24],
    [{ TERM: "xterm-256color", WT_SESSION: "1" }, 24],
    [{ TERM: "screen", STY: "1.pts", COLORTERM: "truecolor" }, 8],
    [{ TERM: "screen", STY: "1.pts" }, 4],
    [{ TERM: "vt100" }, 4],
    [{}, 4],
    [{ TERM: "xterm-256color", FORCE_COLOR: "1" }, 4],
    [{ TERM: "xterm", FORCE_COLOR: "2" }, 8],
    [{ TERM: "xterm", FORCE_COLOR: "3" }, 24],
    [{ TERM: "xterm-256color", FORCE_COLOR: "true" }, 8],
    [{ TERM: "xterm", FORCE_COLOR: "0" }, 1],
    [{ TERM: "xterm", FORCE_COLOR: "false" }, 1],
    [{ TERM: "xterm", FORCE_COLOR: "3", NO_COLOR: "1" }, 1],
  ])("%j: %i bits", (env, depth) => expect(start(env).depth).toBe(depth));

  test("NO_COLOR counts when it is not empty, and reaches Ink", () => {
    expect(start({ NO_COLOR: "1" })).toMatchObject({ depth: 1, env: { FORCE_COLOR: "0" } });
    const { depth, env } = start({ NO_COLOR: "", TERM: "xterm" });
    expect([depth, env["FORCE_COLOR"]]).toEqual([4, undefined]);
  });
});

test("without a UTF-8 locale there are no blocks", () => {
  expect(start({ LANG: "C" }).unicode).toBe(false);
  expect(start({ LANG: "C", LC_ALL: "de_DE.utf8" }).unicode).toBe(true);
  expect(start({ TERM: "linux", LANG: "C.UTF-8" }).unicode).toBe(false);
});

test("what stands between us and the terminal is known", () => {
  expect(start({ TMUX: "/tmp/tmux", STY: "1.pts" }).multiplexer).toBe("tmux");
  expect(start({ STY: "1.pts" }).multiplexer).toBe("screen");
  expect(start({ TERM: "screen.xterm-256color" }).multiplexer).toBe("screen");
  expect(start({ TERM: "xterm" }).multiplexer).toBeUndefined();
});

test.each([
  ["xterm-256color", "osc9"],
  ["rxvt-unicode-256color", "osc777"],
  ["foot", "osc777"],
])("%s takes a notice as %s", (TERM, form) => expect(start({ TERM }).notice).toBe(form));

test("a NODE_ENV that was given stays", () => expect(start({ NODE_ENV: "test" }).env["NODE_ENV"]).toBe("test"));
