import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Whether what `process.nextTick` makes has the same shape after a collection as before, and how much of it there is. */
const program = `
  import { createHook } from "node:async_hooks";
  import { setTimeout } from "node:timers/promises";
  import { keepTickShape } from "${new URL("tick-shape.ts", import.meta.url).href}";
  const kept = keepTickShape();
  await setTimeout(1);
  gc({ type: "major", execution: "sync", flavor: "last-resort" });
  let later;
  createHook({ init: (_id, type, _trigger, made) => { if (type === "TickObject") later ??= made; } }).enable();
  process.nextTick(() => {});
  console.log(typeof kept.callback, %HaveSameMap(kept, later));
`;

test("what the next tick takes keeps its shape over a collection", () => {
  const flags = ["--expose-gc", "--allow-natives-syntax", "--input-type=module", "--eval", program];
  expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("function true\n");
});
