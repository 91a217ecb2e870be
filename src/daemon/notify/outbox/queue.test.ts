import { expect, test } from "vitest";
import type { Delivery } from "../../../shared/model.ts";
import { MINUTE } from "../../../shared/time.ts";
import { createQueue } from "./queue.ts";

const delivery = (alert: string, more: Partial<Delivery> = {}): Delivery => ({
  channel: "ops",
  alert,
  event: "raised",
  state: "pending",
  createdAt: 0,
  attempts: 0,
  nextAt: 0,
  ...more,
});

test("a digest that a crash interrupted is told again as it was, at once; what came since is told on its own", () => {
  const queue = createQueue();
  const told = { sentAt: MINUTE - 1, digest: "an earlier one", state: "sent" } as const;
  queue.note("a0/ops/raised", delivery("a0", told));
  for (let i = 1; i <= 11; i++) {
    const begun = { begunAt: MINUTE, digest: "digest-1" };
    queue.note(`a${i}/ops/raised`, delivery(`a${i}`, i === 11 ? { createdAt: MINUTE } : begun));
  }
  queue.note("a10/ops/raised", delivery("a10", { state: "dropped", begunAt: MINUTE, digest: "digest-1" }));
  const next = queue.next(MINUTE);
  expect(next).toMatchObject({ at: MINUTE, batch: { digest: "digest-1" } });
  expect(next?.batch.deliveries.map((one) => one.delivery.alert)).toEqual(
    Array.from({ length: 9 }, (_, i) => `a${i + 1}`),
  );
});
