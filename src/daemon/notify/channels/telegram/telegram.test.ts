import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { startProvider } from "../../../../../tests/support/provider.ts";
import { playTelegram } from "../../../../../tests/support/telegram.ts";
import type { Notice, Sent } from "../../channel.ts";
import { entrySchema } from "../entry.ts";
import { aNotice, anAlert } from "../notice.test-support.ts";
import { messageOf } from "./message.ts";
import { telegram } from "./telegram.ts";

const token = "123456:s3cr3t-T0ken_of-the-bot";

async function startBot(options: object = {}) {
  const { play, messages } = playTelegram();
  const provider = await startProvider(play);
  const { signal } = new AbortController();
  const entry = { options: { chatId: "-1001", apiUrl: provider.origin, ...options }, secrets: { token } };
  const send = (notice: Notice, ref?: string): Promise<Sent> => telegram.send(notice, { ...entry, ref, signal });
  const asked = () => provider.heard.map(({ url }) => url.pathname.replace(`/bot${token}/`, ""));
  return { provider, messages, send, asked };
}

test("an alert is one message, which follows it", async () => {
  const { send, messages, asked } = await startBot();
  const raised = await send(aNotice());
  expect(raised).toEqual({ ok: true, ref: "100" });
  expect(await send(aNotice({ event: "acknowledged", title: "web01: ada has it" }), "100")).toEqual(raised);
  expect(await send(aNotice({ event: "resolved", title: "Resolved: web01" }), "100")).toEqual(raised);
  expect([...messages.values()].map(({ text }) => text.split("\n")[0])).toEqual(["Resolved: web01"]);
  expect(asked()).toEqual(["sendMessage", "editMessageText", "editMessageText"]);
});

test("an edit that changes nothing has been made already", async () => {
  const { send, messages } = await startBot();
  await send(aNotice());
  expect(await send(aNotice({ event: "resolved" }), "100")).toEqual({ ok: true, ref: "100" });
  expect(messages.size).toBe(1);
});

test("a message that was deleted is sent anew", async () => {
  const { send, messages, asked } = await startBot();
  expect(await send(aNotice({ event: "resolved" }), "7")).toEqual({ ok: true, ref: "100" });
  expect(messages.size).toBe(1);
  expect(asked()).toEqual(["editMessageText", "sendMessage"]);
});

test("a reminder is a message of its own", async () => {
  const { send, messages } = await startBot();
  await send(aNotice());
  await send(aNotice(), "100");
  expect(messages.size).toBe(2);
});

test("in a group with topics it goes to one of them", async () => {
  const { send, messages } = await startBot({ chatId: -1_001_234_567_890, threadId: 77 });
  await send(aNotice());
  expect(messages.get(100)).toMatchObject({ chat_id: "-1001234567890", message_thread_id: 77 });
});

test("the title is bold, nothing is markup, and nobody is called", async () => {
  const { send, messages } = await startBot();
  await send(aNotice({ title: "<b>disk</b> 😀", reason: "@ada wrote *to* bob@example.org @channel" }));
  expect(messages.get(100)).toMatchObject({
    text: [
      "<b>disk</b> 😀",
      "@\u200bada wrote *to* bob@example.org @\u200bchannel",
      "",
      "Host: web01",
      "Severity: critical",
      "Raised: 2026-01-02T03:04:05Z",
      "Sentinel · a42",
    ].join("\n"),
    entities: [{ type: "bold", offset: 0, length: 14 }],
    link_preview_options: { is_disabled: true },
  });
  expect(messages.get(100)).not.toHaveProperty("parse_mode");
});

test("links are buttons", async () => {
  const { send, messages } = await startBot();
  await send(aNotice({ actions: [{ label: "Take it", url: "https://s.example/a42" }] }));
  expect(messages.get(100)?.reply_markup?.inline_keyboard).toEqual([
    [{ text: "Take it", url: "https://s.example/a42" }],
  ]);
});

test("a link that Telegram takes for none is a line of the text", async () => {
  const { send, messages, asked } = await startBot();
  await send(aNotice({ actions: [{ label: "Take it", url: "http://monitor:8080/a42" }] }));
  expect(messages.get(100)?.text).toContain("\nTake it: http://monitor:8080/a42\n");
  expect(messages.get(100)?.reply_markup?.inline_keyboard).toEqual([]);
  expect(asked()).toEqual(["sendMessage", "sendMessage"]);
});

test("any text fits, however long all of it is", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 6_000, size: "max" });
  fc.assert(
    fc.property(text, text, text, (title, reason, comment) => {
      const alert = { ...anAlert, comment, resolution: comment, ackedBy: comment };
      for (const linked of [true, false]) {
        const { text: told, entities } = messageOf(aNotice({ title, reason, alert }), linked);
        expect(told.length).toBeLessThanOrEqual(4_096);
        expect(told.isWellFormed()).toBe(true);
        expect(told.endsWith("Sentinel · a42")).toBe(true);
        expect(entities[0]?.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  [401, { description: "Unauthorized" }, { gone: true }],
  [404, { description: "Not Found" }, { gone: true }],
  [403, { description: "Forbidden: bot was blocked by the user" }, { gone: true }],
  [400, { description: "Bad Request: chat not found" }, { gone: true }],
  [400, { description: "Bad Request: message thread not found" }, {}],
])("%s %j is final", async (status, answer, gone) => {
  const { provider, send } = await startBot();
  provider.script.push({ status, body: JSON.stringify({ ok: false, ...answer }) });
  const reason = `Telegram answered ${status}: ${answer.description}`;
  expect(await send(aNotice())).toEqual({ ok: false, retry: false, reason, ...gone });
});

test("the pause that it asks for is in its answer", async () => {
  const { provider, send } = await startBot();
  const description = "Too Many Requests: retry after 17";
  provider.script.push({
    status: 429,
    body: JSON.stringify({ ok: false, description, parameters: { retry_after: 17 } }),
  });
  const reason = `Telegram answered 429: ${description}`;
  expect(await send(aNotice())).toEqual({ ok: false, retry: true, retryAfterMs: 17_000, reason });
});

test.each([
  [{ chatId: "ada" }, { token }, ["options", "chatId"]],
  [{}, { token }, ["options", "chatId"]],
  [{ chatId: "@alerts", threadId: "x" }, { token }, ["options", "threadId"]],
  [{ chatId: "5" }, { token: "https://api.telegram.org" }, ["secrets", "token"]],
])("%j with %j is refused", (options, secrets, path) => {
  expect(entrySchema(telegram).safeParse({ options, secrets }).error?.issues[0]?.path).toEqual(path);
});
