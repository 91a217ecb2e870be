import { expect, test } from "vitest";
import { startProvider } from "../../../../tests/support/provider.ts";
import { post } from "./post.ts";

const request = (url: string) => ({
  provider: "It",
  url,
  headers: {},
  body: "",
  secrets: { url },
  signal: new AbortController().signal,
});

test("a provider that is too slow has failed for now", async () => {
  const provider = await startProvider(() => "hang");
  const { sent } = await post({ ...request(provider.origin), timeoutMs: 20 });
  expect(sent).toEqual({ ok: false, retry: true, reason: "It gave no answer in 0.02 s" });
});

test("an endless answer is read as far as it matters", async () => {
  const provider = await startProvider(() => ({ status: 200, body: "x".repeat(1_000_000) }));
  const { sent, body } = await post(request(provider.origin));
  expect(sent).toEqual({ ok: true });
  expect(body).toHaveLength(65_536);
});

test.each([
  ["0.5", 500],
  ["0", 0],
  ["99999999999", 86_400_000],
  ["-1", undefined],
  ["soon", undefined],
  ["", undefined],
])("Retry-After %j is a pause of %s ms", async (header, retryAfterMs) => {
  const provider = await startProvider(() => ({ status: 503, headers: { "retry-after": header } }));
  const { sent } = await post(request(provider.origin));
  expect(sent).toEqual({
    ok: false,
    retry: true,
    reason: "It answered 503",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
});
