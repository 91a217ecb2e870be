import type { FastifyError } from "fastify";
import { expect, test } from "vitest";
import { refusalOf } from "./errors.ts";

test("a client that goes away within its body is no failure of the daemon", () => {
  const gone = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  expect(refusalOf(gone as unknown as FastifyError).code).toBe("invalid");
});
