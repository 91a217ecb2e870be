import { describe, expect, test } from "vitest";
import { startProvider } from "../../../../tests/support/provider.ts";
import type { Reply } from "../../../../tests/support/provider.ts";
import type { Sent } from "../channel.ts";
import { aNotice } from "./notice.test-support.ts";
import { channels, findChannel } from "./registry.ts";

const path = "/api/webhooks/140000000000000001/s3cr3t-T0ken_of-the-hook";
const pathSecrets = ["140000000000000001", "s3cr3t-T0ken_of-the-hook"];
const extras: Record<string, Record<string, string>> = {
  ntfy: { token: "tk_very5ecret" },
  webhook: { hmacKey: "signing-5ecret" },
};
const gone = { discord: { gone: true } };

/** What a provider does, and what must come of it: for all, and where a channel knows more. */
interface Fault {
  name: string;
  reply: Reply;
  sent: object;
  but?: Record<string, object>;
}

const later = { ok: false, retry: true };
const never = { ok: false, retry: false };
const json = { "content-type": "application/json" };
const limited = JSON.stringify({ message: "You are being rate limited.", retry_after: 1.337, global: true });
const dates = { date: "Fri, 02 Jan 2026 03:04:05 GMT", "retry-after": "Fri, 02 Jan 2026 03:05:35 GMT" };

const faults: Fault[] = [
  {
    name: "429 with a float retry_after, for all webhooks",
    reply: { status: 429, headers: { ...json, "retry-after": "2" }, body: limited },
    sent: { ...later, retryAfterMs: 2_000 },
    but: { discord: { global: true, retryAfterMs: 1_337, reason: expect.stringContaining("for all webhooks") } },
  },
  {
    name: "429 with a header only",
    reply: { status: 429, headers: { "retry-after": "3" }, body: "<html>error code: 1015</html>" },
    sent: { ...later, retryAfterMs: 3_000 },
  },
  { name: "429 with nothing", reply: { status: 429 }, sent: later },
  { name: "408", reply: { status: 408 }, sent: later },
  {
    name: "500",
    reply: { status: 500, body: "oops" },
    sent: { ...later, reason: expect.stringMatching(/500: oops$/) },
  },
  { name: "503 with a date", reply: { status: 503, headers: dates }, sent: { ...later, retryAfterMs: 90_000 } },
  { name: "404", reply: { status: 404, headers: json, body: '{"code": 10015}' }, sent: never, but: gone },
  { name: "401", reply: { status: 401, headers: json, body: '{"message": "no"}' }, sent: never, but: gone },
  { name: "403", reply: { status: 403 }, sent: never, but: gone },
  { name: "404 from a proxy", reply: { status: 404, body: "<html>nginx</html>" }, sent: never },
  { name: "413", reply: { status: 413, headers: { "retry-after": "3" } }, sent: never },
  { name: "a cut line", reply: "cut", sent: later },
  { name: "a line cut after the status", reply: "cut-body", sent: { ok: true } },
  { name: "a web page", reply: { status: 200, body: "<!doctype html>" }, sent: later, but: { webhook: { ok: true } } },
  { name: "garbage", reply: { status: 200, body: '{"id": \u0000' }, sent: { ok: true } },
  { name: "an empty answer", reply: { status: 204 }, sent: { ok: true } },
];

/** A channel of this type with a provider behind it. */
async function connected(type: string) {
  const provider = await startProvider();
  const url = provider.origin + path;
  const send = (signal = new AbortController().signal): Promise<Sent> =>
    findChannel(type)?.send(aNotice(), { options: {}, secrets: { url, ...extras[type] }, signal }) ??
    Promise.reject(new Error(`no ${type}`));
  return { provider, url, send };
}

describe.each(Object.keys(channels))("%s", (type) => {
  const hidden = [...pathSecrets, ...Object.values(extras[type] ?? {})];

  /** No reason holds a secret, a control byte or a long text. */
  function expectPresentable(sent: Sent, provider: string): void {
    if (sent.ok) return;
    for (const secret of [...hidden, provider]) expect(sent.reason).not.toContain(secret);
    expect(sent.reason).toMatch(/^[^\p{Cc}]{5,260}$/u);
  }

  test.each(faults)("says what to make of $name", async ({ reply, sent, but }) => {
    const { provider, send } = await connected(type);
    provider.script.push(reply);
    const result = await send();
    const expected: object = but?.[type] ?? {};
    expect(result).toMatchObject("ok" in expected ? expected : { ...sent, ...expected });
    if (!("gone" in expected)) expect(result).not.toHaveProperty("gone");
    if (!("retryAfterMs" in { ...sent, ...expected })) expect(result).not.toHaveProperty("retryAfterMs");
    expect(provider.heard).toHaveLength(1);
    expectPresentable(result, provider.origin);
  });

  test("doesn't follow a provider to another place", async () => {
    const { provider, send } = await connected(type);
    const elsewhere = await startProvider();
    for (const status of [301, 302, 303, 307, 308]) {
      provider.script.push({ status, headers: { location: elsewhere.origin + path } });
      const sent = await send();
      expect(sent).toMatchObject({ ...never, reason: expect.stringContaining("moved") });
      expectPresentable(sent, elsewhere.origin);
    }
    expect(elsewhere.heard).toEqual([]);
  });

  test("tries again where nobody listens", async () => {
    const { provider, send } = await connected(type);
    await provider.close();
    const sent = await send();
    expect(sent).toMatchObject({ ...later, reason: expect.stringMatching(/refused the connection$/) });
    expectPresentable(sent, provider.origin);
  });

  test("ends a slow try when it is told to", async () => {
    const { provider, send } = await connected(type);
    const controller = new AbortController();
    provider.script.push("hang");
    provider.onHeard = () => controller.abort();
    expect(await send(controller.signal)).toMatchObject({ ...later, reason: expect.stringContaining("no answer") });
  });

  test("keeps its secrets from whoever echoes them", async () => {
    const { provider, url, send } = await connected(type);
    const echoes = [url, hidden.join(" \u001b[31m"), JSON.stringify({ message: `no ${hidden.join("\u0000\n")}` })];
    for (const body of [...echoes, `${"x".repeat(190)}${hidden[1]}`, "é".repeat(5_000)]) {
      provider.script.push({ status: 400, body });
      expectPresentable(await send(), provider.origin);
    }
  });

  test.each([
    ["http://example.com/hook", {}],
    ["http://10.0.0.1/hook", {}],
    ["http://169.254.169.254/latest", { allowHttp: true }],
    ["https://me:pass@example.com/hook", {}],
    ["ftp://example.com/hook", {}],
    ["nonsense", {}],
  ])("sends nothing to %s with %j", async (url, options) => {
    const signal = AbortSignal.abort();
    const sent = await channels[type]?.send(aNotice(), { options, secrets: { url }, signal });
    expect(sent).toMatchObject({ ...never, reason: expect.stringMatching(/^url: /) });
    expect(JSON.stringify(sent)).not.toContain(url);
  });
});
