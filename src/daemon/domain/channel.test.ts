import { beforeEach, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { addChannel, setWebhook, webhookOf } from "./channel.ts";

let world: ReturnType<typeof createWorld>;
const url = "https://discord.com/…";
const set = (args: { enabled?: boolean }, shown: string | undefined = url) =>
  world.run((state, context) => setWebhook(state, args, { ...context, edits: true, ...(shown ? { url: shown } : {}) }));
const deliveries = () => [...world.state.all("delivery")].map(({ value }) => value.state);

beforeEach(() => (world = createWorld()));

test("a webhook without a URL is off, and changes nothing", () => {
  expect(set({}, "")).toMatchObject({ value: { enabled: false, url: null } });
  expect([world.state.rev, webhookOf(world.state)]).toEqual([0, undefined]);
});

test("a webhook is the channel discord, on unless it is said otherwise", () => {
  expect(set({})).toMatchObject({ value: { enabled: true, url } });
  expect(world.state.get("channel", "discord")?.value).toMatchObject({ type: "discord", edits: true, by: "ada" });
});

test("switched off it keeps its options and tells nothing more, also of what waits; on again it tells", () => {
  const options = { threadId: "7" };
  world.run((state, context) => addChannel(state, { id: "discord", type: "discord", options, secrets: {} }, context));
  world.add({ id: "web01" });
  world.beat({ host: "web01", status: "fail" });
  expect(deliveries()).toEqual(["pending"]);
  expect(set({ enabled: false })).toMatchObject({ value: { enabled: false, url } });
  expect([deliveries(), webhookOf(world.state)]).toEqual([["dropped"], { enabled: false, options }]);
  world.add({ id: "db01" });
  world.beat({ host: "db01", status: "fail" });
  expect(deliveries()).toEqual(["dropped"]);
  // Another URL alone doesn't switch it on.
  set({});
  expect(webhookOf(world.state)?.enabled).toBe(false);
  set({ enabled: true });
  expect(webhookOf(world.state)).toEqual({ enabled: true, options });
});

test("a channel of that name but another kind is no webhook", () => {
  world.run((state, context) => addChannel(state, { id: "discord", type: "slack", options: {}, secrets: {} }, context));
  expect(webhookOf(world.state)).toBeUndefined();
});
