import { expect, test } from "vitest";
import { z } from "zod";
import { refuseInvalid } from "./errors.ts";

test("what a schema objects to is said in words for people, with its field", () => {
  const schema = z.strictObject({ secrets: z.strictObject({ url: z.string() }), count: z.number().optional() });
  const parsed = schema.safeParse({ secrets: { adress: "x" }, count: "many" });
  expect(parsed.error && refuseInvalid(parsed.error).errors).toEqual([
    { field: "secrets.url", message: "is missing" },
    { field: "secrets", message: "there is no adress here" },
    { field: "count", message: "Invalid input: expected number, received string" },
  ]);
});
