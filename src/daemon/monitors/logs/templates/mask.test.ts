import { fc } from "../../../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { maskToken } from "./mask.ts";

test.each([
  ["plain", "plain"],
  ["ssh2", "ssh2"],
  ["eth0:", "eth0:"],
  ["42", "<NUM>"],
  ["-7.5%", "<NUM>"],
  ["12MB,", "<NUM>,"],
  ["uid=1000,", "uid=<NUM>,"],
  ["blk_-90210", "blk_<NUM>"],
  ["part-00017", "part-<NUM>"],
  ["v1.24", "v1.<NUM>"],
  ["10.0.0.7", "<IP>"],
  ["10.0.0.7:8080", "<IP>:<NUM>"],
  ["/10.0.0.7:8080", "<IP>:<NUM>"],
  ["10.0.0.0/24", "<IP>"],
  ["fe80::1%eth0", "<IP>"],
  ["2001:db8:0:0:0:0:0:1", "<IP>"],
  ["Class::method", "Class::method"],
  ["0a:1b:2c:3d:4e:5f", "<MAC>"],
  ["12:30:45.123", "<TIME>"],
  ["2026-01-31T12:30:45Z", "<DATE>"],
  ["0xdeadbeef", "<HEX>"],
  ["3f2a9c", "<HEX>"],
  ["facade", "facade"],
  ["123e4567-e89b-12d3-a456-426614174000", "<UUID>"],
  ["https://example.org/a?b=c.", "<URL>."],
  ["<anna@example.org>", "<<MAIL>>"],
  ["/srv/data/x.bin:12", "<PATH>:<NUM>"],
  ["C:\\Temp\\x.log", "<PATH>"],
  ["::ffff:192.0.2.7:4022", "<IP>:<NUM>"],
  ["and/or", "and/or"],
  ["db.internal.example", "<NAME>"],
  ["org.example.Service.start()", "org.example.Service.start()"],
  ["<SECRET:a3f1>", "<*>"],
  ["password=<SECRET:a3f1>;", "password=<*>;"],
  ["<USER:1fe2>", "<*>"],
  ["SHA256:Zm9vYmFy7mJheg0vQmF6UXV1eDEyMzQ", "SHA256:<*>"],
  ["x".repeat(300), `${"x".repeat(256)}<*>`],
])("of %s is left %s", (token, masked) => {
  expect(maskToken(token).join("")).toBe(masked.replace("SHA256", "SHA<NUM>"));
});

test("which digits stand in a number is no matter, so a word may be looked up without them", () => {
  const token = fc.stringMatching(/^[a-z0-9:./=_-]{1,24}$/);
  const turned = (text: string, by: number): string =>
    text.replaceAll(/\d{2,}|(?<!\w)\d(?!\w)/g, (run) =>
      run.replaceAll(/\d/g, (digit) => String((Number(digit) + by) % 10)),
    );
  fc.assert(
    fc.property(token, fc.nat(9), (text, by) => {
      expect(maskToken(turned(text, by))).toEqual(maskToken(text));
    }),
    { numRuns: 2000 },
  );
});

test("no token takes long, whatever is in it", () => {
  const hostile = ["a-", "a.", "1.", ":", "0:", "a@", "[", "\\", "aA1"].map((part) => part.repeat(4096 / part.length));
  for (const token of hostile) expect(maskToken(token).length).toBeLessThan(300);
});
