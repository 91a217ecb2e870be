import { expect, test } from "vitest";
import { withEach } from "./judge.ts";

test("a great many lines, or a few long ones, let whatever else is ready go first", async () => {
  const turns = async (lines: string[]): Promise<number> => {
    let [turn, isOver, done] = [0, false, 0];
    const count = (): void => {
      turn++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await withEach(
      lines,
      ({ length }) => length,
      () => void done++,
    );
    isOver = true;
    expect(done).toBe(lines.length);
    return turn;
  };
  expect(await turns(Array.from({ length: 10_000 }, () => "short"))).toBeGreaterThan(15);
  expect(await turns(Array.from({ length: 100 }, () => "long".repeat(2_000)))).toBeGreaterThan(10);
  expect(await turns(["one", "two"])).toBeLessThan(3);
});
