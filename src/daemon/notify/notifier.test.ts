import { expect, test } from "vitest";
import type { Alert, Delivery } from "../../shared/model.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Channel, Notice, Sent } from "./channel.ts";
import { anAlert } from "./channels/notice.test-support.ts";
import { createNotifier } from "./notifier.ts";

const at = anAlert.raisedAt;
const { id: alert, ...value } = anAlert;
const linked = [{ label: "Acknowledge", url: "https://sentinel.example.org/link/a.b" }];

/** What comes of one delivery of an alert through a channel that sends like this. */
async function sent(
  send: Channel["send"],
  event: Delivery["event"],
  different: Partial<Alert> = {},
  actions = linked,
): Promise<Sent> {
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
  const notifier = createNotifier({
    store,
    find: () => ({ send }) as Pick<Channel, "send"> as Channel,
    secretName: (id) => `channel:${id}`,
    linksFor: async (id) => (id === alert ? actions : []),
    now: () => at,
  });
  const delivery = { channel: "ops", alert, event, state: "pending", createdAt: at, attempts: 0, nextAt: at } as const;
  return notifier.send({ deliveries: [{ id: "a42/ops/x", delivery }] }, new AbortController().signal);
}

/** What the channel is given. */
async function noticeOf(
  event: Delivery["event"],
  different?: Partial<Alert>,
  actions?: typeof linked,
): Promise<Notice> {
  const told: Notice[] = [];
  const send: Channel["send"] = async (notice) => (told.push(notice), { ok: true });
  expect(await sent(send, event, different, actions)).toEqual({ ok: true });
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

test("a channel that throws is tried again, and what it threw isn't told", async () => {
  const broken = async () => Promise.reject(new TypeError("https://example.org/secret"));
  expect(await sent(broken, "raised")).toEqual({ ok: false, retry: true, reason: "the channel failed (TypeError)" });
});

test("a daemon that readers can't reach offers none", async () => {
  expect(await noticeOf("raised", {}, [])).not.toHaveProperty("actions");
});
