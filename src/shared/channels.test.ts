import { expect, test } from "vitest";
import { isCutOff, sortChannels } from "./channels.ts";
import type { ChannelEntity } from "./model.ts";

const channel: ChannelEntity = { type: "webhook", options: {}, edits: false, createdAt: 0 };
const well = ["well", channel] as const;
const gone = ["gone", { ...channel, disabled: "Discord answered 404" }] as const;
const failing = ["failing", channel] as const;
const sorted = (...channels: (readonly [string, ChannelEntity])[]) =>
  sortChannels(channels, (key) => (key === "channel:failing" ? "it timed out" : undefined));

test("a channel that is disabled or has an open alert doesn't work, and says why", () => {
  expect(sorted(well, gone, failing)).toEqual({
    working: ["well"],
    broken: [
      { id: "gone", why: "Discord answered 404" },
      { id: "failing", why: "it timed out" },
    ],
  });
});

test.each([
  ["no channel", [], false],
  ["one that works", [well], false],
  ["one that works beside one that doesn't", [well, gone], false],
  ["none that works", [gone, failing], true],
])("with %s, cut off: %j", (_name, channels, cutOff) => expect(isCutOff(sorted(...channels))).toBe(cutOff));
