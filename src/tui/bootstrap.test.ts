import { expect, test } from "vitest";
import { bootstrap } from "./bootstrap.ts";

const start = (env: Record<string, string | undefined>) => ({ ...bootstrap({ env }), env });

test("a terminal gets the full screen in colour, with React in production", () => {
  expect(start({ TERM: "xterm", LANG: "en_US.UTF-8" })).toMatchObject({
    color: true,
    unicode: true,
    env: { NODE_ENV: "production" },
  });
});
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
