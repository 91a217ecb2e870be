import { expect, test } from "vitest";
import { playPagerduty } from "../../../../../tests/support/pagerduty.ts";
import { startProvider } from "../../../../../tests/support/provider.ts";
import type { Notice } from "../../channel.ts";
import { aDigest, aNotice, anAlert } from "../notice.test-support.ts";
import { pagerduty } from "./pagerduty.ts";

const routingKey = "r0ut1ngKeyOfOneServiceIs32Marks0";

async function startService(given: object = {}) {
  const provider = await startProvider(playPagerduty);
  const { signal } = new AbortController();
  const options = { apiUrl: `${provider.origin}/v2/enqueue`, ...given };
  const send = (notice: Notice) => pagerduty.send(notice, { options, secrets: { routingKey }, signal });
  const events = () => provider.heard.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return { provider, send, events };
}

test("an alert is one incident, which follows it", async () => {
  const { send, events } = await startService();
  for (const event of ["raised", "acknowledged", "resolved"] as const)
    expect(await send(aNotice({ event, key: `a42/ops/${event}` }))).toEqual({ ok: true });
  expect(pagerduty.edits).toBe(true);
  expect(events()).toEqual([
    expect.objectContaining({ event_action: "trigger", dedup_key: "sentinel/a42" }),
    { routing_key: routingKey, event_action: "acknowledge", dedup_key: "sentinel/a42" },
    { routing_key: routingKey, event_action: "resolve", dedup_key: "sentinel/a42" },
  ]);
});

test("an incident says what, where, how bad and since when", async () => {
  const { send, events } = await startService({ source: "berlin" });
  const actions = [{ label: "Take it", url: "https://s.example/a42" }];
  await send(aNotice({ actions, alert: { ...anAlert, severity: "warning" } }));
  expect(events()[0]).toEqual({
    routing_key: routingKey,
    event_action: "trigger",
    dedup_key: "berlin/a42",
    payload: {
      summary: "web01 is down: no heartbeat for 5 min",
      source: "web01",
      severity: "warning",
      timestamp: "2026-01-02T03:04:05.000Z",
      class: "heartbeat",
      custom_details: {
        Host: "web01",
        Severity: "warning",
        Raised: "2026-01-02T03:04:05Z",
        Reason: "no heartbeat for 5 min",
      },
    },
    links: [{ href: "https://s.example/a42", text: "Take it" }],
    client: "Sentinel",
  });
});

test("an incident that nobody has any more is triggered again", async () => {
  const { send, events } = await startService();
  await send(aNotice({ event: "acknowledged", alert: anAlert }));
  expect(events()).toMatchObject([{ event_action: "trigger", dedup_key: "sentinel/a42" }]);
});

test("what a notice ends is resolved by its own key; where nothing is open any more, nothing begins", async () => {
  const { send, events } = await startService();
  const { severity: _none, ...over } = aDigest;
  expect(await send({ ...over, ended: ["a1", "digest-x"] })).toEqual({ ok: true });
  expect(events()).toEqual([
    { routing_key: routingKey, event_action: "resolve", dedup_key: "sentinel/a1" },
    { routing_key: routingKey, event_action: "resolve", dedup_key: "sentinel/digest-x" },
  ]);
  expect(await send(aNotice({ event: "resolved", ended: [] }))).toEqual({ ok: true });
  expect(events()).toHaveLength(2);
});

test("of several events the first that fails is what came of it", async () => {
  const { provider, send } = await startService();
  provider.script.push({ status: 202 }, { status: 500 });
  expect(await send({ ...aDigest, ended: ["a1", "a2"] })).toMatchObject({ ok: false, retry: true });
  expect(provider.heard).toHaveLength(2);
});

test("a digest is an incident of its own", async () => {
  const { send, events } = await startService();
  expect(await send(aDigest)).toEqual({ ok: true });
  expect(events()[0]).toMatchObject({
    event_action: "trigger",
    dedup_key: "sentinel/digest/ops/7",
    payload: { source: "sentinel", severity: "warning", class: "digest" },
  });
});

test("the reason of a refusal is PagerDuty's own", async () => {
  const { provider, send } = await startService();
  const answer = { status: "invalid event", message: "Event object is invalid", errors: ["'routing_key' is invalid"] };
  provider.script.push({ status: 400, body: JSON.stringify(answer) });
  const reason = "PagerDuty answered 400: 'routing_key' is invalid";
  expect(await send(aNotice())).toEqual({ ok: false, retry: false, reason });
});

test.each(["short", "x".repeat(33), `${"x".repeat(31)}/`])("%s is no integration key", (key) => {
  expect(pagerduty.secrets.safeParse({ routingKey: key }).success).toBe(false);
});

test("a source is a plain name", () => {
  expect(pagerduty.options.safeParse({ source: "a/b" }).success).toBe(false);
});
