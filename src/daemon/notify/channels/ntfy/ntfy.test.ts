import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { startProvider } from "../../../../../tests/support/provider.ts";
import type { Notice } from "../../channel.ts";
import { aDigest, aNotice } from "../notice.test-support.ts";
import { headerText } from "./header-text.ts";
import { ntfy } from "./ntfy.ts";

async function sent(notice: Notice, secrets: object = {}) {
  const provider = await startProvider(() => ({ status: 200, body: '{"id": "x"}' }));
  const { signal } = new AbortController();
  const url = `${provider.origin}/my-topic`;
  expect(await ntfy.send(notice, { options: {}, secrets: { url, ...secrets }, signal })).toEqual({ ok: true });
  return provider.heard[0];
}

test("title, priority and tags are headers, the reason is the message", async () => {
  expect(await sent(aNotice(), { token: "tk_123" })).toMatchObject({
    method: "POST",
    headers: { title: "web01 is down", priority: "5", tags: "rotating_light", authorization: "Bearer tk_123" },
    body: "no heartbeat for 5 min",
  });
  expect(await sent(aNotice({ event: "resolved", reason: "" }))).toMatchObject({
    headers: { priority: "3", tags: "white_check_mark" },
    body: "web01 is down",
  });
});

test("the first link opens with a touch, three are buttons, in ASCII", async () => {
  const actions = ["Übernehmen, ja; 😀", "2", "3", "4"].map((label, at) => ({ label, url: `https://s.example/${at}` }));
  const headers = (await sent({ ...aDigest, actions }))?.headers;
  expect(headers).toMatchObject({ priority: "4", tags: "warning", click: "https://s.example/0" });
  expect(headers?.["actions"]).toMatch(/^[\x20-\x7e]+$/);
  const buttons = actions.slice(0, 3).map((action) => ({ action: "view", ...action }));
  expect(JSON.parse(String(headers?.["actions"]))).toEqual(buttons);
  expect((await sent(aNotice()))?.headers).not.toHaveProperty("actions");
});

test("a long message stays a message", async () => {
  const request = await sent(aNotice({ title: "é".repeat(1_000), reason: "😀".repeat(3_000) }));
  expect(Buffer.byteLength(request?.body ?? "")).toBeLessThanOrEqual(4_096);
  expect(request?.body).toMatch(/^(😀)+…$/u);
});

/** Reads encoded words as RFC 2047 says: the space between two of them is nothing. */
const decoded = (header: string): string =>
  header.startsWith("=?")
    ? header
        .split(" ")
        .map((word) => Buffer.from(word.slice("=?UTF-8?B?".length, -"?=".length), "base64").toString())
        .join("")
    : header;

test("any title comes back from its header, and no word is too long", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 250 }), (title) => {
      const header = headerText(title);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      expect(decoded(header)).toBe(title);
      if (header !== title) for (const word of header.split(" ")) expect(word.length).toBeLessThanOrEqual(75);
    }),
  );
});
