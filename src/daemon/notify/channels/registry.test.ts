import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { z } from "zod";
import { channels, findChannel } from "./registry.ts";

test("what isn't in the registry isn't a channel", () => {
  expect(findChannel("constructor")).toBeUndefined();
  expect(findChannel("discord")?.type).toBe("discord");
});

const guide = readFileSync(new URL("../../../../docs/how-to/channels.md", import.meta.url), "utf8").split("\n");

test.each(Object.entries(channels))("the guide names %s with all that it takes", (type, channel) => {
  const row = guide.find((line) => line.startsWith(`| \`${type}\``));
  const taken = [channel.options, channel.secrets].flatMap((schema) => Object.keys((schema as z.ZodObject).shape));
  expect(row?.match(/`\w+`/g)).toEqual(expect.arrayContaining(taken.map((name) => `\`${name}\``)));
});
