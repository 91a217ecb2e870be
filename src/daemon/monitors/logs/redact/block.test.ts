import { expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const masked = (lines: readonly string[]): string[] => {
  const redactor = createRedactor({ key: new Uint8Array(32) });
  return lines.map((line) => redactor.redact(line).replaceAll(/<SECRET:[0-9a-f]{4}>/g, "#"));
};

test("a private key is replaced from its first line to its last, behind whatever header", () => {
  expect(
    masked([
      "app[3]: -----BEGIN RSA PRIVATE KEY-----",
      "app[3]: Proc-Type: 4,ENCRYPTED",
      "app[3]: MIIEowIBAAKCAQEAx2Zl9cQ7v",
      '"T0pXw8==",',
      "app[3]: -----END RSA PRIVATE KEY-----",
      "app[3]: done",
    ]),
  ).toEqual([
    "app[3]: -----BEGIN RSA PRIVATE KEY-----",
    "app[3]: Proc-Type: 4,ENCRYPTED",
    "app[3]: #",
    '"#",',
    "app[3]: -----END RSA PRIVATE KEY-----",
    "app[3]: done",
  ]);
});

test("a key on one line is replaced between its marks", () => {
  expect(masked(['k="-----BEGIN PRIVATE KEY-----\\nMIIEabcd\\n-----END PRIVATE KEY-----"', "app: abcdefgh"])).toEqual([
    'k="-----BEGIN PRIVATE KEY-----#-----END PRIVATE KEY-----"',
    "app: abcdefgh",
  ]);
  expect(masked(["x=-----BEGIN%20PRIVATE%20KEY-----%0AMIIEabcd%0A-----END%20PRIVATE%20KEY-----&y=1"])[0]).not.toContain(
    "MIIE",
  );
});

test("the last piece may stand on the line of the end, the first on that of the begin", () => {
  expect(
    masked([
      "-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1r",
      "AAAEbm9uZQ== -----END OPENSSH PRIVATE KEY-----",
      "AAAEbm9uZQ==",
    ]),
  ).toEqual(["-----BEGIN OPENSSH PRIVATE KEY-----#", "# -----END OPENSSH PRIVATE KEY-----", "AAAEbm9uZQ=="]);
});

test("PuTTY's keys end with what proves them, which is replaced too", () => {
  expect(masked(["Private-Lines: 2", "AAAAgQCVb2xkZXI", "k4Zx", `Private-MAC: ${"0a".repeat(20)}`, "k4Zx"])).toEqual([
    "Private-Lines: 2",
    "#",
    "#",
    "Private-MAC: #",
    "k4Zx",
  ]);
});

test("lines of others in between stay, and so does all after the longest key there is", () => {
  const [, between, ...rest] = masked([
    "-----BEGIN PRIVATE KEY-----",
    "Mar  4 11:02:53 gate sshd[2]: session closed",
    ...Array.from({ length: 130 }, () => "MIIEowIBAAKCAQEA"),
  ]);
  expect(between).toBe("Mar  4 11:02:53 gate sshd[2]: session closed");
  expect(rest[0]).toBe("#");
  expect(rest.at(-1)).toBe("MIIEowIBAAKCAQEA");
});

test("what answers a mail server that asks for a password is replaced", () => {
  expect(masked(["S: 334 UGFzc3dvcmQ6", "C: aHVudGVyMg==", "S: 235 accepted", "C: QUJDRA=="])).toEqual([
    "S: 334 UGFzc3dvcmQ6",
    "C: #",
    "S: 235 accepted",
    "C: QUJDRA==",
  ]);
});

test("public keys and certificates stay", () => {
  const lines = ["-----BEGIN PUBLIC KEY-----", "MIIBIjANBgkqhkiG9w0", "-----BEGIN CERTIFICATE-----", "MIIDdzCCAl"];
  expect(masked(lines)).toEqual(lines);
});
