import { createHmac } from "node:crypto";
import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { startProvider } from "../../../../../tests/support/provider.ts";
import type { Notice } from "../../channel.ts";
import { aDigest, aNotice, anAlert } from "../notice.test-support.ts";
import { fill } from "./template.ts";
import { webhook } from "./webhook.ts";

async function sent(notice: Notice, options: object = {}, secrets: object = {}) {
  const provider = await startProvider();
  const { signal } = new AbortController();
  const result = await webhook.send(notice, { options, secrets: { url: provider.origin, ...secrets }, signal });
  expect(result).toEqual({ ok: true });
  const [request] = provider.heard;
  if (!request) throw new Error("nothing came");
  return request;
}

test("the body says it all, and the key names the delivery", async () => {
  const { body, headers } = await sent(aNotice({ key: "d7 é" }));
  const { event, title, reason } = aNotice();
  expect(JSON.parse(body)).toEqual({
    event,
    key: "d7 é",
    title,
    reason,
    at: "2026-01-02T03:04:05.000Z",
    severity: "critical",
    alert: anAlert,
    actions: [],
  });
  expect(headers).toMatchObject({ "content-type": "application/json", "idempotency-key": "d7%20%C3%A9" });
  expect(headers).not.toHaveProperty("x-sentinel-signature");
});

test("a digest has no alert, and a severity; links come as they are", async () => {
  const actions = [{ label: "Take it", url: "https://s.example/a42?a=1&b=2" }];
  const { body } = await sent({ ...aDigest, actions });
  expect(JSON.parse(body)).toMatchObject({ event: "digest", severity: "warning", alert: null, actions });
  expect((await sent(aDigest, { template: '{"s": "{{severity}}"}' })).body).toBe('{"s": "warning"}');
});

test("the signature is over the bytes that were sent", async () => {
  const hmacKey = "a signing key";
  const { body, headers } = await sent(aNotice({ reason: "größer 😀" }), {}, { hmacKey });
  const expected = createHmac("sha256", hmacKey).update(Buffer.from(body)).digest("hex");
  expect(headers["x-sentinel-signature"]).toBe(`sha256=${expected}`);
});

test("a template's placeholders stand for JSON-escaped values", async () => {
  const template = '{"text": "{{title}}: {{ reason }}", "n": {{count}}}';
  const { body } = await sent(aNotice({ title: 'a "b" {{reason}}', reason: "c\\d" }), { template });
  expect(JSON.parse(body)).toEqual({ text: 'a "b" {{reason}}: c\\d', n: 1 });
});

test("no text gets out of its string", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (title, reason) => {
      const filled = fill('{"a": "{{title}}", "b": "{{reason}}"}', aNotice({ title, reason }));
      expect(JSON.parse(filled)).toEqual({ a: title, b: reason });
    }),
  );
});

test.each(['{"text": {{title}}}', '{"text": "{{titel}}"}', "{{title}}", '{"a": "{{toString}}"}'])(
  "%s is no template",
  (template) => {
    expect(webhook.options.safeParse({ template }).success).toBe(false);
  },
);
