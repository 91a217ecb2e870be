import { fc } from "../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { type Pushed, type Ring, Rings } from "./rings.ts";

describe("rings", () => {
  test("keep the last few under each key, oldest first", () => {
    const rings = new Rings(3, 2);
    for (let i = 1; i <= 5; i++) rings.push("a", i, [i * 10, i]);
    rings.push("b", 6, [60, 6]);
    expect([...rings.entries()]).toEqual([
      ["a", { rev: 5, beats: [30, 3, 40, 4, 50, 5] }],
      ["b", { rev: 6, beats: [60, 6] }],
    ]);
    expect(rings.get("nobody")).toBeUndefined();
    rings.delete("nobody");
  });

  test("take nothing twice: neither an older revision nor the same instant", () => {
    const rings = new Rings(3, 2);
    expect(rings.push("a", 5, [10, 1])).toBeDefined();
    expect(rings.push("a", 5, [20, 1])).toBeUndefined();
    expect(rings.push("a", 6, [10, 2])).toBeUndefined();
    expect(rings.get("a")).toEqual({ rev: 5, beats: [10, 1] });
  });

  test("can be set whole", () => {
    const rings = new Rings(3, 1);
    for (const beats of [[1, 2], [3]]) rings.set("a", { rev: 9, beats });
    rings.push("a", 10, [4]);
    expect(rings.get("a")).toEqual({ rev: 10, beats: [3, 4] });
  });

  test("a place is used again, without what was there", () => {
    const rings = new Rings(2, 1);
    for (let i = 0; i < 1_000; i++) rings.push(`k${i}`, 1, [i]);
    for (let i = 0; i < 1_000; i += 2) rings.delete(`k${i}`);
    for (let i = 0; i < 500; i++) rings.push(`n${i}`, 1, [-i - 1]);
    expect(rings.get("k1")).toEqual({ rev: 1, beats: [1] });
    expect(rings.get("k2")).toBeUndefined();
    expect(rings.get("n499")).toEqual({ rev: 1, beats: [-500] });
    expect([...rings.entries()]).toHaveLength(1_000);
  });

  test("go back exactly as far as pushes are taken back, whatever they hold", () => {
    const key = fc.constantFrom("a", "b", "c");
    fc.assert(
      fc.property(fc.array(key, { maxLength: 20 }), fc.array(key, { maxLength: 20 }), (before, after) => {
        const rings = new Rings(4, 2);
        const model = new Map<string, Ring>();
        let rev = 0;
        const push = (one: string): [string, Pushed | undefined] => [one, rings.push(one, ++rev, [rev * 7, -rev])];
        for (const one of before) {
          push(one);
          const beats = [...(model.get(one)?.beats ?? []), rev * 7, -rev].slice(-8);
          model.set(one, { rev, beats });
        }
        expect(new Map(rings.entries())).toEqual(model);
        const pushed = after.map(push);
        // Removed and brought back, as when the commits after it were refused too.
        for (const one of ["a", "b", "c"]) {
          const copy = rings.copy(one);
          rings.delete(one);
          if (copy) rings.putBack(one, copy);
        }
        for (const [one, undo] of pushed.toReversed()) if (undo) rings.takeBack(one, undo);
        expect(new Map(rings.entries())).toEqual(model);
        const copy = new Rings(4, 2);
        for (const [one, ring] of rings.entries()) copy.set(one, ring);
        expect(new Map(copy.entries())).toEqual(model);
      }),
    );
  });
});
