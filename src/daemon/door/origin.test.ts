import { expect, test } from "vitest";
import { isOwnOrigin } from "./origin.ts";

const allowed = ["https://sentinel.example.org/", "http://127.0.0.1:8080", "https://status.example.org"];

test.each([
  [undefined, "anything", true, "a program sends none"],
  ["https://sentinel.example.org", "127.0.0.1:8080", true, "the public address, behind a proxy"],
  ["https://status.example.org", "127.0.0.1:8080", true, "one that is allowed"],
  ["http://192.0.2.1:8080", "192.0.2.1:8080", true, "an address of ours"],
  ["http://localhost:8080", "localhost:8080", true, "this machine"],
  ["http://[::1]:8080", "[::1]:8080", true, "… over IPv6"],
  ["http://evil.example", "evil.example", false, "a name that points to us"],
  ["http://evil.example", "127.0.0.1:8080", false, "a page from elsewhere"],
  ["http://sentinel.example.org", "sentinel.example.org", false, "the same without TLS"],
  ["http://localhost:3000", "localhost:8080", false, "another program's page on this machine"],
  ["null", "127.0.0.1:8080", false, "a page in a sandbox"],
  ["", "127.0.0.1:8080", false, "nothing"],
])("a page of %s at %s may: %s (%s)", (origin, host, may, _why) => {
  expect(isOwnOrigin({ ...(origin === undefined ? {} : { origin }), host }, allowed)).toBe(may);
});
