import { expect, test } from "vitest";
import { blobId, StoreOpenError, StoreUnavailable } from "./store.ts";

test("a store that gives no reason has failed for now, and the cause is kept", () => {
  const cause = new Error("EIO");
  expect(new StoreUnavailable("try again", { cause })).toMatchObject({
    name: "StoreUnavailable",
    reason: "failed",
    message: "try again",
    cause,
  });
  expect(new StoreUnavailable("over", { reason: "closed" }).reason).toBe("closed");
});
test("data that can't be opened is told apart by a code", () => {
  expect(new StoreOpenError("held", "another one has it")).toMatchObject({ name: "StoreOpenError", code: "held" });
});
test.each([
  ["ping/web01", true],
  ["ping/web01/0001", true],
  ["ping", false],
  ["ping/../../etc", false],
  ["ping/web01/", false],
  ["ping/Web01", false],
  ["/ping/web01", false],
  ["ping/a/b/c", false],
])("%s as a blob's id: %s", (id, fits) => expect(blobId.test(id)).toBe(fits));
