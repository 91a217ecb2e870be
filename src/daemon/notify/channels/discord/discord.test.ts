import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { playDiscord, startProvider } from "../../../../../tests/support/provider.ts";
import type { Notice } from "../../channel.ts";
import { aDigest, aNotice, anAlert } from "../notice.test-support.ts";
import { discord } from "./discord.ts";

const path = "/api/webhooks/140000000000000001/s3cr3t-T0ken";

async function startDiscord(options: object = {}) {
  const { play, messages } = playDiscord(path);
  const provider = await startProvider(play);
  const { signal } = new AbortController();
  const send = (notice: Notice, ref?: string) =>
    discord.send(notice, { options, secrets: { url: provider.origin + path }, ref, signal });
  const embeds = () => [...messages.values()].map(({ embeds: [embed] = [] }) => embed as Record<string, unknown>);
  const asked = () =>
    provider.heard.map(({ method, url }) => `${method} ${url.pathname.replace(path, "")}${url.search}`);
  return { provider, messages, send, embeds, asked };
}

const refOf = (sent: object): string | undefined => (sent as { ref?: string }).ref;

describe("one message an alert", () => {
  test.each(["acknowledged", "resolved"] as const)("the first is edited as the alert is %s", async (event) => {
    const { send, embeds, asked } = await startDiscord();
    const ref = refOf(await send(aNotice()));
    expect(ref).toMatch(/^\d+$/);
    expect(await send(aNotice({ event, title: "web01: news" }), ref)).toEqual({ ok: true, ref });
    expect(embeds()).toMatchObject([{ title: "web01: news" }]);
    expect(asked()).toEqual(["POST ?wait=true", `PATCH /messages/${ref}`]);
  });

  test("a message that was deleted is sent anew", async () => {
    const { messages, send } = await startDiscord();
    await send(aNotice());
    const sent = await send(aNotice({ event: "resolved" }), "404");
    expect(sent.ok && messages.has(refOf(sent) ?? "") && messages.size).toBe(2);
  });

  test("a message in a sleeping thread is sent anew", async () => {
    const { provider, send, asked } = await startDiscord({ threadId: "77" });
    const ref = refOf(await send(aNotice()));
    provider.script.push({ status: 400, body: '{"code": 50083, "message": "Thread is archived"}' });
    expect(await send(aNotice({ event: "resolved" }), ref)).toMatchObject({ ok: true });
    expect(asked().slice(1)).toEqual([`PATCH /messages/${ref}?thread_id=77`, "POST ?wait=true&thread_id=77"]);
  });

  test("a webhook that was deleted is gone, and nothing else is tried", async () => {
    const { provider, send } = await startDiscord();
    provider.script.push({ status: 404, body: '{"message": "Unknown Webhook", "code": 10015}' });
    const sent = await send(aNotice({ event: "resolved" }), "1");
    expect(sent).toEqual({ ok: false, retry: false, gone: true, reason: "Discord answered 404: Unknown Webhook" });
    expect(provider.heard).toHaveLength(1);
  });

  test("a reminder is a message of its own", async () => {
    const { messages, send } = await startDiscord();
    const ref = refOf(await send(aNotice()));
    await send(aNotice(), ref);
    expect(messages.size).toBe(2);
  });

  test("in a forum an alert is a thread, and is edited there", async () => {
    const { send, messages, asked } = await startDiscord({ threadName: "alerts" });
    const ref = refOf(await send(aNotice()));
    expect(messages.get(ref ?? "")).toMatchObject({ thread_name: "alerts" });
    await send(aNotice({ event: "resolved" }), ref);
    expect(asked()[1]).toBe(`PATCH /messages/${ref}?thread_id=${ref}`);
  });
});

describe("what is shown", () => {
  test("what has become of it has a colour of its own", async () => {
    const { send, embeds } = await startDiscord();
    for (const severity of ["critical", "warning", "info"] as const)
      await send(aNotice({ alert: { ...anAlert, severity } }));
    await send(aNotice({ event: "acknowledged" }));
    await send(aNotice({ event: "resolved" }));
    expect(new Set(embeds().map(({ color }) => color)).size).toBe(5);
  });

  test("the alert's facts, and a test without an alert", async () => {
    const { send, embeds } = await startDiscord();
    await send(aNotice());
    await send({ key: "k", event: "test", title: "A test", reason: "asked for by ada", at: 0 });
    expect(embeds()).toMatchObject([
      {
        footer: { text: "Sentinel · a42" },
        timestamp: "2026-01-02T03:04:05.000Z",
        fields: [{ value: "web01" }, { value: "critical" }, { value: "2026-01-02T03:04:05Z" }],
      },
      { title: "A test", description: "asked for by ada", fields: [] },
    ]);
  });

  test("links are a field of their own, and a digest has its severity's colour", async () => {
    const { send, embeds } = await startDiscord();
    const actions = [
      { label: "Take [it]", url: "https://s.example/a(42)" },
      { label: "Snooze", url: "https://s.example/s" },
    ];
    await send({ ...aDigest, actions });
    await send(aNotice({ alert: { ...anAlert, severity: "warning" } }));
    expect(embeds()[0]).toMatchObject({
      title: "3 alerts in an hour",
      color: embeds()[1]?.["color"],
      fields: [
        {
          name: "Links",
          value: String.raw`[Take \[it\]](https://s.example/a%2842%29) · [Snooze](https://s.example/s)`,
        },
      ],
    });
  });

  test("Markdown and control bytes are shown or dropped, not obeyed", async () => {
    const { send, embeds } = await startDiscord();
    await send(aNotice({ reason: "[safe](https://evil.example) <@1> `a_b`\u001b[31m\nnext" }));
    expect(embeds()[0]?.["description"]).toBe(String.raw`\[safe](https://evil.example) \<@1> \`a\_b\` next`);
  });
});

describe("the limits", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 50 }),
    fc.string({ unit: "grapheme", maxLength: 9_000, size: "max" }),
    fc
      .array(fc.constantFrom("@everyone", "👩‍👩‍👧", "\n", "\ud83d", "*", "`", " ", "\u3000", "word"), {
        maxLength: 5_000,
        size: "max",
      })
      .map((parts) => parts.join("")),
  );

  test("any text is taken, whole or shortened", { timeout: 60_000 }, async () => {
    const { send } = await startDiscord();
    const texts = fc.record({
      title: anyText,
      reason: anyText,
      comment: anyText,
      resolution: anyText,
      ackedBy: anyText,
    });
    await fc.assert(
      fc.asyncProperty(texts, async ({ title, reason, ...others }) => {
        expect(await send(aNotice({ title, reason, alert: { ...anAlert, ...others } }))).toMatchObject({ ok: true });
      }),
      { numRuns: 200 },
    );
  });

  test.each([256, 257, 4_096, 4_097, 6_000, 6_001])("%s emoji in every text are taken", async (length) => {
    const { send, embeds } = await startDiscord();
    const text = "😀".repeat(length);
    const alert = { ...anAlert, comment: text, resolution: text, ackedBy: text };
    expect(await send(aNotice({ title: text, reason: text, alert }))).toMatchObject({ ok: true });
    const description = String(embeds()[0]?.["description"]);
    expect([...description]).toHaveLength(Math.min(length, 4_096));
    expect(description.endsWith("…")).toBe(length > 4_096);
  });

  test("as many links as fit are there, each whole, however long the rest is", async () => {
    const { send, embeds } = await startDiscord();
    const text = "x".repeat(6_000);
    const alert = { ...anAlert, comment: text, resolution: text, ackedBy: text };
    const actions = Array.from({ length: 9 }, (_, at) => ({
      label: `L${at}`,
      url: `https://s.example/${"y".repeat(300)}`,
    }));
    expect(await send(aNotice({ title: text, reason: text, alert, actions }))).toMatchObject({ ok: true });
    const fields = embeds()[0]?.["fields"] as { name: string; value: string }[];
    expect(fields.at(-1)).toMatchObject({
      name: "Links",
      value: expect.stringMatching(/^(\[L\d\]\([^)]+\)( · |$)){3}$/),
    });
  });

  test("the provider of these tests refuses what Discord refuses", async () => {
    const { provider } = await startDiscord();
    const refused = async (embed: object, mentions: object = { parse: [] }) => {
      const body = JSON.stringify({ embeds: [embed], allowed_mentions: mentions });
      return (await fetch(`${provider.origin}${path}?wait=true`, { method: "POST", body })).status;
    };
    const field = { name: "n", value: "v" };
    const long = { name: "n".repeat(256), value: "v".repeat(1_024) };
    expect(await refused({ title: "t", fields: [field] })).toBe(200);
    for (const embed of [
      { title: "t".repeat(257) },
      { description: "d".repeat(4_097) },
      { footer: { text: "f".repeat(2_049) } },
      { fields: Array.from({ length: 26 }, () => field) },
      { fields: Array.from({ length: 5 }, () => long) },
      { fields: [{ ...field, value: " " }] },
      { fields: [{ ...field, name: "n".repeat(257) }] },
      { fields: [{ ...field, value: "v".repeat(1_025) }] },
    ])
      expect(await refused(embed)).toBe(400);
    expect(await refused({ title: "t" }, { parse: ["everyone"] })).toBe(400);
  });

  test("the reason of a refusal is Discord's own", async () => {
    const { provider, send } = await startDiscord();
    const errors = { embeds: [{ title: { _errors: [{ message: "Must be 2000 or fewer in length." }] } }] };
    provider.script.push({ status: 400, body: JSON.stringify({ message: "Invalid Form Body", errors }) });
    const reason = "Discord answered 400: Must be 2000 or fewer in length.";
    expect(await send(aNotice())).toEqual({ ok: false, retry: false, reason });
  });
});
