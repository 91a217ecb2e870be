import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type SecureVersion } from "node:tls";
import { execFileSync } from "node:child_process";
import { pino } from "pino";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeCertificate } from "../../tests/support/certificate.ts";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import { openTls } from "./tls.ts";

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "sentinel-tls-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [one, two] = [makeCertificate(folder, "one"), makeCertificate(folder, "two")];
const files = { certFile: join(folder, "tls.crt"), keyFile: join(folder, "tls.key") };
const logged: string[] = [];
const log = pino({}, { write: (line: string) => void logged.push(line) });

function put({ certFile, keyFile }: typeof files): void {
  copyFileSync(certFile, files.certFile);
  copyFileSync(keyFile, files.keyFile);
}
beforeEach(() => {
  logged.length = 0;
  put(one);
});

async function open(at = Date.now()) {
  const clock = createFakeClock(at);
  const tls = await openTls({ files, clock, log });
  if (typeof tls === "string") throw new Error(tls);
  return { clock, tls };
}

describe("what can't be used is refused, with what to do", () => {
  const text = join(folder, "text");
  const locked = join(folder, "locked.key");
  const cut = join(folder, "cut.crt");
  writeFileSync(text, "no PEM");
  const pem = readFileSync(one.certFile, "utf8");
  writeFileSync(cut, pem + pem.slice(0, 300));
  execFileSync("openssl", ["pkcs8", "-topk8", "-in", one.keyFile, "-out", locked, "-passout", "pass:x"]);
  test.each([
    ["a certificate that isn't there", { ...one, certFile: "/nowhere" }, /tls.certFile: .*ENOENT.*let the user/],
    ["a key that can't be read", { ...one, keyFile: folder }, /tls.keyFile: .*EISDIR/],
    ["what is no certificate", { ...one, certFile: text }, /tls.certFile: it holds no certificate/],
    [
      "a chain that was cut short",
      { ...one, certFile: cut },
      /tls.certFile: what is behind .* is damaged.*whole chain/,
    ],
    ["what is no key", { ...one, keyFile: text }, /tls.keyFile: it holds no private key/],
    ["a key with a passphrase", { ...one, keyFile: locked }, /tls.keyFile: .*without a passphrase/],
    [
      "the key of another certificate",
      { ...one, keyFile: two.keyFile },
      /tls.keyFile: the key isn't the certificate's/,
    ],
  ])("%s", async (_name, given, message) => {
    const refused = await openTls({ files: given, clock: createFakeClock(), log });
    expect(refused).toMatch(message);
    expect(refused).not.toContain(folder);
  });
});

test.each([
  ["ran out", Date.now() + 3 * DAY, /the certificate ran out on 20/],
  ["doesn't count yet", Date.now() - DAY, /the certificate counts from 20.* on only/],
])("a certificate that %s is used, with a warning at the start and in health", async (_name, at, message) => {
  const { tls } = await open(at);
  expect(logged.join()).toMatch(message);
  expect(tls.health()).toEqual({ status: "degraded", detail: expect.stringMatching(message) as string });
});

describe("while it runs", () => {
  let server: Server;
  let world: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    world = await open();
    server = createServer(world.tls.context);
    await once(server.listen(0, "127.0.0.1"), "listening");
    world.tls.watch(server);
    return () => {
      world.tls.stop();
      server.close();
    };
  });

  /** Who the server says it is. */
  async function shown(maxVersion: SecureVersion = "TLSv1.3"): Promise<string> {
    const { port } = server.address() as AddressInfo;
    // All that this side could speak, so that it is the server who refuses.
    const old = { minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...old, maxVersion });
    await once(socket, "secureConnect");
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return String(CN);
  }

  test("speaks TLS 1.2 and later alone", async () => {
    expect(await shown("TLSv1.2")).toBe("one");
    await expect(shown("TLSv1.1")).rejects.toThrow(/alert protocol version/);
  });
  test("a new pair is in use after a few seconds", async () => {
    expect(world.tls.health()).toEqual({
      status: "ok",
      detail: expect.stringMatching(/^certificate valid until 20/) as string,
    });
    put(two);
    world.clock.advance(10_000);
    await vi.waitFor(async () => expect(await shown()).toBe("two"));
    expect(logged.join()).toContain("a new certificate is in use");
  });
  test("a bad new pair leaves the old one in use, is said once in the log, and in health until it is mended", async () => {
    copyFileSync(two.certFile, files.certFile);
    for (let i = 0; i < 3; i++) {
      const waiting = world.clock.pending();
      world.clock.advance(10_000);
      await vi.waitFor(() => expect(world.clock.pending()).toBe(waiting));
    }
    expect(await shown()).toBe("one");
    expect(logged.filter((line) => line.includes("the old one stays"))).toHaveLength(1);
    expect(world.tls.health()).toMatchObject({
      status: "degraded",
      detail: expect.stringContaining("the old certificate is still in use: tls.keyFile: ") as string,
    });
    put(two);
    world.clock.advance(10_000);
    await vi.waitFor(async () => expect(await shown()).toBe("two"));
    expect(world.tls.health()).toMatchObject({ status: "ok" });
  });
});
