import { expect, test } from "vitest";
import type { Alert, Delivery } from "../../shared/model.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Channel, Notice } from "./channel.ts";
import { anAlert } from "./channels/notice.test-support.ts";
import { createNotifier } from "./notifier.ts";

const at = anAlert.raisedAt;
const { id: alert, ...value } = anAlert;
const linked = [{ label: "Acknowledge", url: "https://sentinel.example.org/link/a.b" }];

/** What a channel is given for one delivery of an alert. */
async function noticeOf(event: Delivery["event"], different: Partial<Alert> = {}, actions = linked): Promise<Notice> {
  const store = createMemoryStore();
  const channel = { type: "plain", options: {}, edits: false, createdAt: at };
  await store.commit(0, {
    at,
    by: "ada",
    changes: [
      { kind: "channel", id: "ops", value: channel },
      { kind: "alert", id: alert, value: { ...value, ...different } },
    ],
  });
  await store.secrets.put("channel:ops", {});
  const told: Notice[] = [];
  const notifier = createNotifier({
    store,
    find: () => ({ send: async (notice) => (told.push(notice), { ok: true }) }) as Pick<Channel, "send"> as Channel,
    secretName: (id) => `channel:${id}`,
    linksFor: async (id) => (id === alert ? actions : []),
    now: () => at,
  });
  const delivery = { channel: "ops", alert, event, state: "pending", createdAt: at, attempts: 0, nextAt: at } as const;
  expect(await notifier.send({ deliveries: [{ id: "a42/ops/x", delivery }] }, new AbortController().signal)).toEqual({
    ok: true,
  });
  const [notice] = told;
  if (!notice) throw new Error("nothing was told");
  return notice;
}

test.each(["raised", "reminder"] as const)("what is %s of an alert that fires offers its links", async (event) => {
  expect(await noticeOf(event)).toMatchObject({ event: "raised", actions: linked });
});

test.each([
  ["raised", { state: "acknowledged", ackedAt: at, ackedBy: "ada" }],
  ["raised", { state: "resolved", resolvedAt: at }],
  ["acknowledged", { state: "acknowledged", ackedAt: at, ackedBy: "ada" }],
  ["acknowledged", { state: "firing" }],
  ["resolved", { state: "resolved", resolvedAt: at }],
] as const)("%s, told of one that is %j, offers none", async (event, different) => {
  expect(await noticeOf(event, different)).not.toHaveProperty("actions");
});

test("a daemon that readers can't reach offers none", async () => {
  expect(await noticeOf("raised", {}, [])).not.toHaveProperty("actions");
});
