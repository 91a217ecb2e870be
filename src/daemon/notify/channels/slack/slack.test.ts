import { expect, test } from "vitest";
import { startProvider } from "../../../../../tests/support/provider.ts";
import { aDigest, aNotice } from "../notice.test-support.ts";
import { slack } from "./slack.ts";

const { signal } = new AbortController();

test("the message has its colour, and marks in it are only text", async () => {
  const provider = await startProvider();
  const secrets = { url: `${provider.origin}/services/T1/B2/abcdef` };
  const reason = "load > 9 & <!everyone> @channel";
  expect(await slack.send(aNotice({ event: "resolved", reason }), { options: {}, secrets, signal })).toEqual({
    ok: true,
  });
  expect(JSON.parse(provider.heard[0]?.body ?? "")).toMatchObject({
    attachments: [
      {
        color: "#12b76a",
        title: "web01 is down",
        text: "load &gt; 9 &amp; &lt;!everyone&gt; @\u200bchannel",
        footer: "Sentinel · a42",
        ts: 1_767_323_045,
      },
    ],
  });
});

test("links follow the reason, and a digest has its severity's colour", async () => {
  const provider = await startProvider();
  const actions = [
    { label: "Take <it>", url: "https://s.example/a42?a=1&b=|" },
    { label: "Snooze", url: "https://s.example/s" },
  ];
  const secrets = { url: provider.origin };
  expect(await slack.send({ ...aDigest, actions }, { options: {}, secrets, signal })).toEqual({ ok: true });
  const text = `${aDigest.reason}\n<https://s.example/a42?a=1&amp;b=%7C|Take &lt;it&gt;> · <https://s.example/s|Snooze>`;
  expect(JSON.parse(provider.heard[0]?.body ?? "")).toMatchObject({
    attachments: [{ color: "#f79009", text, fields: [] }],
  });
});

test.each([
  [404, "no_service", true],
  [410, "channel_is_archived", true],
  [400, "invalid_payload", undefined],
])("%s %s: gone is %s", async (status, body, gone) => {
  const provider = await startProvider(() => ({ status, body }));
  const sent = await slack.send(aNotice(), { options: {}, secrets: { url: provider.origin }, signal });
  expect(sent).toEqual({
    ok: false,
    retry: false,
    reason: `Slack answered ${status}: ${body}`,
    ...(gone ? { gone } : {}),
  });
});
