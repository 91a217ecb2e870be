import { describe, expect, test } from "vitest";
import { startProvider } from "../../../../tests/support/provider.ts";
import type { Reply } from "../../../../tests/support/provider.ts";
import type { Sent } from "../channel.ts";
import { aDigest, aNotice, anAlert } from "./notice.test-support.ts";
import { channels } from "./registry.ts";
import { httpTypes, startHttpRig, startRig } from "./rigs.test-support.ts";
import type { Rig, Trouble } from "./rigs.test-support.ts";

const later = { ok: false, retry: true };
const never = { ok: false, retry: false };

/** No reason holds a secret, a control byte or a long text. */
function expectPresentable(sent: Sent, { hidden, place }: Pick<Rig, "hidden" | "place">): void {
  if (sent.ok) return;
  for (const secret of [...hidden, place]) expect(sent.reason).not.toContain(secret);
  expect(sent.reason).toMatch(/^[^\p{Cc}]{5,260}$/u);
}

/** What can happen to any channel, and what must come of it: for all, and where it is another thing. */
const troubles: { name: string; trouble: Trouble; sent: object; but?: Record<string, object> }[] = [
  {
    name: "is busy",
    trouble: { busy: "come later" },
    sent: { ...later, reason: expect.stringMatching(/: .*come later$/) },
  },
  { name: "refuses", trouble: { refusal: "no way" }, sent: { ...never, reason: expect.stringMatching(/: .*no way$/) } },
  {
    name: "breaks off",
    trouble: "cut",
    sent: { ...later, reason: expect.stringMatching(/cut the connection$|was killed$/) },
  },
  {
    name: "isn't there",
    trouble: "absent",
    sent: { ...later, reason: expect.stringMatching(/refused the connection$/) },
    but: { exec: { ...never, reason: expect.stringContaining("isn't there") } },
  },
];

describe.each(Object.keys(channels))("%s", (type) => {
  test.each(troubles)("says what to make of whoever $name", async ({ trouble, sent, but }) => {
    const rig = await startRig(type);
    await rig.meet(trouble);
    const result = await rig.send();
    expect(result).toMatchObject(but?.[type] ?? sent);
    for (const unasked of ["gone", "global", "retryAfterMs"]) expect(result).not.toHaveProperty(unasked);
    expectPresentable(result, rig);
  });

  test("ends a slow try when it is told to", async () => {
    const rig = await startRig(type);
    const controller = new AbortController();
    await rig.meet("hang");
    rig.onHeard(() => controller.abort());
    expect(await rig.send(aNotice(), controller.signal)).toMatchObject({
      ...later,
      reason: expect.stringContaining("no answer"),
    });
  });

  test("begins no try that has ended", async () => {
    const rig = await startRig(type);
    expect(await rig.send(aNotice(), AbortSignal.abort())).toMatchObject(later);
    expect(rig.seen()).toEqual([]);
  });

  test("keeps its secrets from whoever echoes them", async () => {
    const rig = await startRig(type);
    const { hidden, echo } = rig;
    const echoes = [echo, hidden.join(" \u001b[31m"), JSON.stringify({ message: `no ${hidden.join("\u0000\n")}` })];
    for (const refusal of [...echoes, ...hidden.map((one) => "x".repeat(190) + one), "é".repeat(5_000)]) {
      await rig.meet({ refusal });
      const sent = await rig.send();
      expect(sent).toMatchObject(never);
      expectPresentable(sent, rig);
    }
  });

  test("takes any text", async () => {
    const rig = await startRig(type);
    const hostile = "\ud800\u0000\u001b[31m\r\n.\r\nBcc: eve@example.org <b>*_`|& 😀".repeat(3_000);
    const alert = { ...anAlert, host: "web01", comment: hostile, resolution: hostile, ackedBy: hostile };
    const actions = Array.from({ length: 40 }, (_, at) => ({ label: hostile, url: `https://s.example/${at}` }));
    expect(await rig.send(aNotice({ title: hostile, reason: hostile, alert, actions }))).toMatchObject({ ok: true });
    expect(await rig.send(aNotice({ key: "k", title: "", reason: "" }))).toMatchObject({ ok: true });
  });

  test("tells a digest of many alerts, and a test", async () => {
    const rig = await startRig(type);
    expect(await rig.send(aDigest)).toMatchObject({ ok: true });
    expect(rig.seen()[0]).toContain("3 alerts in an hour");
    expect(await rig.send({ key: "test-1", event: "test", title: "A test", reason: "ada asks", at: 1 })).toMatchObject({
      ok: true,
    });
    expect(rig.seen()[1]).toContain("ada asks");
  });

  test("offers links to the web, and no others", async () => {
    const rig = await startRig(type);
    const actions = [
      { label: "Run", url: "javascript:alert(1)" },
      { label: "Read", url: "file:///etc/passwd" },
      { label: "Nothing", url: "nonsense" },
      { label: "Take it", url: "https://s.example/a(4)|2 b" },
    ];
    expect(await rig.send(aNotice({ actions }))).toMatchObject({ ok: true });
    expect(rig.seen()[0]).toContain("https://s.example/a%284%29%7C2%20b");
    expect(rig.seen()[0]).toContain("Take it");
    expect(rig.seen()[0]).not.toMatch(/javascript|passwd|nonsense/);
  });
});

const gone = { discord: { gone: true }, telegram: { gone: true } };

/** What a provider does, and what must come of it: for all, and where a channel knows more. */
interface Fault {
  name: string;
  reply: Reply;
  sent: object;
  but?: Record<string, object>;
}

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

describe.each(Object.keys(httpTypes))("%s over HTTP", (type) => {
  test.each(faults)("says what to make of $name", async ({ reply, sent, but }) => {
    const rig = await startHttpRig(type);
    const { provider, send } = rig;
    provider.script.push(reply);
    const result = await send();
    const expected: object = but?.[type] ?? {};
    expect(result).toMatchObject("ok" in expected ? expected : { ...sent, ...expected });
    if (!("gone" in expected)) expect(result).not.toHaveProperty("gone");
    if (!("retryAfterMs" in { ...sent, ...expected })) expect(result).not.toHaveProperty("retryAfterMs");
    expect(provider.heard).toHaveLength(1);
    expectPresentable(result, rig);
  });

  test("doesn't follow a provider to another place", async () => {
    const { provider, send, hidden } = await startHttpRig(type);
    const elsewhere = await startProvider();
    for (const status of [301, 302, 303, 307, 308]) {
      provider.script.push({ status, headers: { location: elsewhere.origin } });
      const sent = await send();
      expect(sent).toMatchObject({ ...never, reason: expect.stringContaining("moved") });
      expectPresentable(sent, { hidden, place: elsewhere.origin });
    }
    expect(elsewhere.heard).toEqual([]);
  });

  test.each([
    ["http://example.com/hook", {}],
    ["http://10.0.0.1/hook", {}],
    ["http://169.254.169.254/latest", { allowHttp: true }],
    ["https://me:pass@example.com/hook", {}],
    ["ftp://example.com/hook", {}],
    ["nonsense", {}],
  ])("sends nothing to %s with %j", async (url, given) => {
    const signal = AbortSignal.abort();
    const { options, secrets } = httpTypes[type]?.entry(url) ?? {};
    const sent = await channels[type]?.send(aNotice(), { options: { ...options, ...given }, secrets, signal });
    expect(sent).toMatchObject({ ...never, reason: expect.stringMatching(/^(url|apiUrl): /) });
    expect(JSON.stringify(sent)).not.toContain(url);
  });
});
