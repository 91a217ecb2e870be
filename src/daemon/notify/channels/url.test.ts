import { expect, test } from "vitest";
import { entrySchema } from "./entry.ts";
import { findChannel } from "./registry.ts";
import { httpTypes } from "./rigs.test-support.ts";
import { channelUrl } from "./url.ts";

test.each([
  ["https://discord.com/api/webhooks/1/x", true, true],
  ["http://127.0.0.1:8080/x", true, true],
  ["http://127.9.9.9/x", true, true],
  ["http://[::1]/x", true, true],
  ["http://localhost:80/x", true, true],
  ["http://10.1.2.3/x", false, true],
  ["http://172.31.0.1/x", false, true],
  ["http://192.168.1.1/x", false, true],
  ["http://[fd00::1]/x", false, true],
  ["http://172.32.0.1/x", false, false],
  ["http://8.8.8.8/x", false, false],
  ["http://ntfy.lan/x", false, false],
  ["http://localhost.example.com/x", false, false],
  ["file:///etc/passwd", false, false],
])("%s: allowed %s, with allowHttp %s", (url, plain, withHttp) => {
  expect(channelUrl(false).safeParse(url).success).toBe(plain);
  expect(channelUrl(true).safeParse(url).success).toBe(withHttp);
});

test.each(Object.keys(httpTypes))("an entry of %s is checked as a whole", (type) => {
  const channel = findChannel(type);
  if (!channel) throw new Error(type);
  const { options, secrets } = httpTypes[type]?.entry("http://10.0.0.1/hook") ?? {};
  const check = (given: object) => entrySchema(channel).safeParse({ options: { ...options, ...given }, secrets });
  expect(check({ allowHttp: true }).success).toBe(true);
  expect(check({}).error?.issues[0]?.path).toEqual(
    "url" in (secrets ?? {}) ? ["secrets", "url"] : ["options", "apiUrl"],
  );
  expect(check({ allowHttp: true, alowHttp: true }).success).toBe(false);
});
