import { expect, test } from "vitest";
import { attack, type Who } from "../support/fuzz/attack.ts";
import { grown } from "../support/fuzz/grown.ts";

/** A twentieth of the long form's; others with `SEED=7`, more with `npm run fuzz`. */
const inputs = 25_000;
const seed = Number(process.env["SEED"] ?? 20_261_123);

test.each<Who>(["admin", "others"])(
  "whatever %s send, the daemon answers with a code or closes, stays up, and takes honest heartbeats",
  async (who) => {
    const course = await attack({ who, inputs, seed });
    expect([...course.faults, ...grown(course)]).toEqual([]);
    expect(course.inputs).toBeGreaterThanOrEqual(inputs);
    expect(course.heartbeats.acked).toBeGreaterThan(50);
    // Both sides were really reached: good and bad, over HTTP and over WebSockets.
    for (const code of ["200", "400", "404", "431", "result", "invalid", "not_found", "close 4400", "close 1002"])
      expect([code, course.codes[code] ?? 0]).toEqual([code, expect.toSatisfy((count: number) => count > 10)]);
  },
  120_000,
);
