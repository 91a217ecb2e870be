import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { State } from "../../src/daemon/domain/state.ts";
import { dump } from "../../src/daemon/store/contract.test-suite.ts";
import { openStore } from "../../src/daemon/store/json/faulty-files.test-support.ts";
import { decodeLine } from "../../src/daemon/store/json/line.ts";
import {
  launcher,
  plainEnvironment,
  sentinelEnded,
  startDaemon,
  temporaryFolder,
  until,
} from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

type Daemon = Awaited<ReturnType<typeof startDaemon>>;

const call = ({ url, token }: Daemon, method: string, route: string, body?: object, as = token) =>
  fetch(`${url}/api/v1${route}`, {
    method,
    headers: { "x-api-key": as, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

/** The state at a revision, from nothing but the journal's lines. */
function replayed(folder: string, rev: number): State {
  const state = new State();
  for (const name of readdirSync(path.join(folder, "journal")).sort()) {
    for (const line of readFileSync(path.join(folder, "journal", name), "utf8").split("\n")) {
      const commit = line === "" ? undefined : decodeLine(Buffer.from(line));
      if (commit && commit.rev <= rev) state.apply(commit);
    }
  }
  return state;
}

async function stop(daemon: Daemon): Promise<void> {
  daemon.child.kill("SIGTERM");
  await daemon.ended;
}

test(
  "a backup of a daemon under load is restored to exactly the state at its revision",
  { timeout: 90_000 },
  async () => {
    const daemon = await startDaemon();
    const ids = Array.from({ length: 20 }, (_, i) => `web${i}`);
    for (const name of ids) expect((await call(daemon, "POST", "/hosts", { name })).status).toBe(201);
    const over = new AbortController();
    let posted = 0;
    const posting = ids.map(async (id) => {
      while (!over.signal.aborted) {
        if ((await call(daemon, "POST", `/heartbeat/${id}`, { status: "ok" })).ok) posted++;
      }
    });
    const to = path.join(temporaryFolder(), "b.tar.gz");
    const backup = await sentinelEnded(["backup", "--data", daemon.data, "--to", to, "--json"]);
    expect(backup.status).toBe(0);
    const made = JSON.parse(backup.stdout) as { rev: number; path: string; secrets: string };
    expect(made).toMatchObject({ path: to, secrets: "left out" });
    over.abort();
    await Promise.all(posting);
    await stop(daemon);
    expect(posted).toBeGreaterThan(20);
    const folder = path.join(temporaryFolder(), "new");
    const restored = await sentinelEnded(["restore", to, "--data", folder, "--yes"]);
    expect(restored).toMatchObject({ status: 0, stdout: expect.stringContaining(`revision ${made.rev} `) as string });
    const store = await openStore(folder);
    expect(dump(store.state)).toEqual(dump(replayed(daemon.data, made.rev)));
    await store.close();
    const earlier = await sentinelEnded(["restore", to, "--data", folder, "--to-revision", "10", "--yes"]);
    expect(earlier.stdout).toMatch(/revision 10 .*before-restore-/);
    const again = await openStore(folder);
    expect(dump(again.state)).toEqual(dump(replayed(daemon.data, 10)));
    await again.close();
  },
);

test(
  "with a passphrase a new machine is told of everything; nothing shows passphrase or secret",
  { timeout: 60_000 },
  async () => {
    const daemon = await startDaemon();
    const secret = "https://hooks.example.org/s3cret-part";
    const passphrase = "correct horse battery";
    const added = await call(daemon, "POST", "/channels", { id: "ops", type: "webhook", secrets: { url: secret } });
    expect(added.status).toBe(201);
    const made = await call(daemon, "POST", "/backups", { passphrase });
    expect(made.status).toBe(201);
    const { name, path: file, secrets } = (await made.json()) as Record<string, string>;
    expect([secrets, statSync(String(file)).mode & 0o777]).toEqual(["encrypted", 0o600]);
    const listed = await sentinelEnded(["backup", "list", "--data", daemon.data]);
    expect(listed.stdout).toContain(name);
    const viewer = (await (await call(daemon, "POST", "/tokens", { name: "vera", role: "viewer" })).json()) as object;
    const token = /sentinel_viewer_[\w-]+/.exec(JSON.stringify(viewer))?.[0] ?? "none";
    for (const method of ["GET", "POST"])
      expect((await call(daemon, method, "/backups", undefined, token)).status).toBe(403);
    const running = await sentinelEnded(["restore", String(file), "--data", daemon.data, "--yes"]);
    expect(running.status).toBe(1);
    expect(running.stderr).toContain(`is in use by the daemon with process id ${daemon.pid}`);
    await stop(daemon);

    const folder = path.join(temporaryFolder(), "new");
    const asked = await sentinelEnded(["restore", String(file), "--data", folder, "--yes"]);
    expect([asked.status, asked.stderr]).toEqual([
      2,
      expect.stringContaining("--passphrase-file, or --without-secrets"),
    ]);
    const phrases = path.join(temporaryFolder(), "passphrase");
    writeFileSync(phrases, `${passphrase}\n`);
    const silent = await sentinelEnded(["restore", String(file), "--data", folder, "--passphrase-file", phrases]);
    expect([silent.status, silent.stderr]).toEqual([2, expect.stringContaining("say --yes where no terminal can ask")]);
    const env = plainEnvironment({ SENTINEL_BACKUP_PASSPHRASE: passphrase });
    const done = await sentinelEnded(["restore", String(file), "--data", folder, "--yes"], { env });
    expect(done.stdout).toContain("Its secrets come along.");
    expect(readFileSync(path.join(folder, "secrets.json"), "utf8")).toContain(secret);
    const next = await startDaemon(folder);
    expect(await (await call(next, "GET", "/channels")).json()).toMatchObject({ items: [{ id: "ops" }] });
    await stop(next);
    for (const run of [daemon, next]) expect(run.stderr()).not.toMatch(/s3cret-part|correct horse/);
    const kept = readdirSync(daemon.data, { recursive: true, encoding: "utf8" }).filter(
      (one) => one !== "secrets.json",
    );
    for (const one of kept.map((one) => path.join(daemon.data, one)).filter((one) => statSync(one).isFile()))
      expect(readFileSync(one, "latin1")).not.toMatch(/s3cret-part|correct horse/);
  },
);

test(
  "without a daemon the folder itself is backed up; a folder that is none, or a bad passphrase, is named",
  { timeout: 60_000 },
  async () => {
    const daemon = await startDaemon();
    await stop(daemon);
    const made = await sentinelEnded(["backup", "--data", daemon.data]);
    expect(made).toMatchObject({ status: 0, stderr: expect.stringContaining("--passphrase-file") as string });
    const file = made.stdout.split(": revision")[0] ?? "";
    expect(file.startsWith(path.join(daemon.data, "backups"))).toBe(true);
    expect(statSync(file).isFile()).toBe(true);
    const none = temporaryFolder();
    expect(await sentinelEnded(["backup", "--data", none])).toMatchObject({
      status: 78,
      stderr: expect.stringContaining(`there is no data in ${none}`) as string,
    });
    expect(readdirSync(none)).toEqual([]);
    const short = await sentinelEnded(["backup", "--data", daemon.data], {
      env: plainEnvironment({ SENTINEL_BACKUP_PASSPHRASE: "short" }),
    });
    expect(short).toMatchObject({
      status: 78,
      stderr: expect.stringContaining("SENTINEL_BACKUP_PASSPHRASE: use at least 8 characters") as string,
    });
    for (const [flags, word] of [
      [["--to-revision", "x"], "is no revision"],
      [["--to-time", "soon"], "is no time"],
    ] as const)
      expect(await sentinelEnded(["restore", file, "--data", none, "--yes", ...flags])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(word) as string,
      });
  },
);

test("on a terminal a restore asks for the passphrase without showing it, and before it replaces anything", async () => {
  const daemon = await startDaemon();
  expect((await call(daemon, "POST", "/hosts", { name: "web01" })).status).toBe(201);
  await stop(daemon);
  const env = plainEnvironment({ SENTINEL_BACKUP_PASSPHRASE: "correct horse battery" });
  const to = path.join(temporaryFolder(), "b.tar.gz");
  expect((await sentinelEnded(["backup", "--data", daemon.data, "--to", to], { env })).status).toBe(0);
  const before = readdirSync(daemon.data).sort();
  const restore = () =>
    openTerminal(process.execPath, [launcher, "restore", to, "--data", daemon.data], { columns: 200 });
  const no = restore();
  await no.see("Passphrase of the backup's secrets:");
  no.type("correct horse battery\r");
  await no.see("Restore it? [y/N]");
  expect(no.screen()).toContain("1 hosts. What is there now goes to");
  no.type("\r");
  expect((await no.ended).status).toBe(1);
  await no.see("Nothing was changed.");
  expect(no.screen()).not.toContain("horse");
  expect(readdirSync(daemon.data).sort()).toEqual(before);
  const wrong = restore();
  await wrong.see("Passphrase of the backup's secrets:");
  wrong.type("wrong horse battery\r");
  await wrong.see("isn't the passphrase");
  const yes = restore();
  await yes.see("Passphrase of the backup's secrets:");
  yes.type("correct horse battery\r");
  await yes.see("Restore it? [y/N]");
  yes.type("y\r");
  expect((await yes.ended).status).toBe(0);
  await yes.see("Restored.");
});

test(
  "a daemon that won't start on damaged data names the doctor, who mends it so that it does",
  { timeout: 60_000 },
  async () => {
    const daemon = await startDaemon();
    await until("the first clean-up's snapshot", () => existsSync(path.join(daemon.data, "db.prev.json")));
    for (const name of ["a", "b", "c"]) await call(daemon, "POST", "/hosts", { name });
    const held = await sentinelEnded(["doctor", "--data", daemon.data]);
    expect(held).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^problem {3}lock: .* in use by the daemon/) as string,
    });
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    const segment = path.join(daemon.data, "journal", "0000000000000001.ndjson");
    const bytes = readFileSync(segment);
    // In the last line but one: after the snapshot, and not in the group written last.
    const damagedAt = bytes.lastIndexOf("\n", bytes.lastIndexOf("\n", bytes.length - 2) - 1) + 30;
    bytes.writeUInt8(bytes.readUInt8(damagedAt) ^ 1, damagedAt);
    writeFileSync(segment, bytes);
    const start = await sentinelEnded(["daemon", "--data", daemon.data, "--listen", "127.0.0.1:0"]);
    const command = /`sentinel (doctor --data \S+)`/.exec(start.stderr)?.[1]?.split(" ") ?? [];
    expect(await sentinelEnded(command)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("problem   journal") as string,
    });
    const mended = await sentinelEnded([...command, "--repair"]);
    expect(mended).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/repaired {2}state: .* are lost/) as string,
    });
    expect((await sentinelEnded(command)).status).toBe(0);
    await stop(await startDaemon(daemon.data));
  },
);
