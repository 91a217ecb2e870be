import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeCertificate } from "../support/certificate.ts";
import {
  freePort,
  plainEnvironment,
  readNote,
  sentinel,
  sentinelEnded,
  temporaryFolder,
  until,
} from "../support/processes.ts";

/** An authority that no system knows, and a certificate for `localhost` that it signed. */
function makeFiles() {
  const folder = temporaryFolder();
  const authority = makeCertificate(folder, "authority");
  return { folder, authority, ...makeCertificate(folder, "sentinel", authority) };
}

const flagsFor = ({ certFile, keyFile }: { certFile: string; keyFile: string }): string[] => [
  "--tls-cert",
  certFile,
  "--tls-key",
  keyFile,
];

test("a daemon with TLS is found on its own machine by itself, and elsewhere by who signed its certificate", async () => {
  const files = makeFiles();
  const data = temporaryFolder();
  sentinel(["daemon", "--data", data, "--listen", "127.0.0.1:0", ...flagsFor(files)]);
  const note = await until("daemon.json", () => readNote(data));
  expect(note).toMatchObject({ url: expect.stringMatching(/^https:/) as string, certFile: files.certFile });

  const added = await sentinelEnded(["host", "add", "web01", "--data", data, "--json"]);
  expect([added.status, added.stderr]).toEqual([0, ""]);
  expect(JSON.parse(added.stdout).secrets.ping_url).toMatch(/^https:/);
  const health = await sentinelEnded(["health", "show", "--data", data, "--json"]);
  expect(JSON.parse(health.stdout).components.tls).toMatchObject({ status: "ok" });
  expect(await sentinelEnded(["heartbeat", "web01", "--data", data])).toMatchObject({ status: 0, stderr: "" });

  const token = readFileSync(path.join(data, "admin.token"), "utf8").trim();
  const elsewhere = ["host", "list", "--url", note.url.replace("127.0.0.1", "localhost"), "--token", token];
  const unknown = await sentinelEnded(elsewhere);
  expect(unknown.status).toBe(69);
  expect(unknown.stderr).toContain("certificate");
  const { certFile: ca } = files.authority;
  expect(await sentinelEnded([...elsewhere, "--ca", ca])).toMatchObject({ status: 0, stderr: "" });
  for (const name of ["SENTINEL_CA", "NODE_EXTRA_CA_CERTS"])
    expect(await sentinelEnded(elsewhere, { env: plainEnvironment({ [name]: ca }) })).toMatchObject({ status: 0 });
  const wrong = await sentinelEnded([...elsewhere, "--ca", "/nowhere"]);
  expect([wrong.status, wrong.stderr]).toEqual([78, expect.stringContaining("--ca: /nowhere can't be used")]);
});

test("what answers with another certificate than the daemon's own gets no token", async () => {
  const files = makeFiles();
  const data = temporaryFolder();
  sentinel(["daemon", "--data", data, "--listen", "127.0.0.1:0", ...flagsFor(files)]);
  const note = await until("daemon.json", () => readNote(data));
  // As if another program listened there now.
  const other = makeCertificate(files.folder, "other");
  writeFileSync(path.join(data, "daemon.json"), JSON.stringify({ ...note, certFile: other.certFile }));
  for (const command of [
    ["host", "list"],
    ["heartbeat", "web01", "--retries", "0"],
    ["health", "show"],
  ]) {
    const { status, stderr } = await sentinelEnded([...command, "--data", data]);
    expect([command, status, stderr]).toEqual([command, 69, expect.stringContaining("has another certificate")]);
  }
});

test("`sentinel up` with TLS watches this machine", async () => {
  const data = temporaryFolder();
  const up = sentinel(["up", "--data", data, "--listen", `127.0.0.1:${await freePort()}`, ...flagsFor(makeFiles())]);
  await until("this machine up", () => / up: /.test(up.stdout()));
  const again = sentinel(["up", "--data", data]);
  await until("the second to attach", () => again.stdout().includes("already runs on https://"));
  up.child.kill("SIGTERM");
  expect(await up.ended).toEqual({ status: 0, signal: null });
});

test("a pair that can't be used stops the start with status 78", async () => {
  const files = makeFiles();
  const start = (flags: string[]) =>
    sentinelEnded(["daemon", "--data", temporaryFolder(), "--listen", "127.0.0.1:0", ...flags]);
  const other = await start(flagsFor({ ...files, keyFile: files.authority.keyFile }));
  expect([other.status, other.stderr]).toEqual([78, expect.stringContaining("the key isn't the certificate's")]);
  const alone = await start(["--tls-key", files.keyFile]);
  expect([alone.status, alone.stderr]).toEqual([
    78,
    expect.stringContaining("tls.certFile: give the key's certificate"),
  ]);
});
