import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";

/** Whether this user may mount; most may not. */
function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-mount-"));
  try {
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mount(...args: string[]): void {
  execFileSync("mount", args, { stdio: "ignore" });
}

const allowed = mayMount();
if (!allowed) console.info("tests/e2e/disk.test.ts is skipped: this user may not mount a file system of its own.");

describe.skipIf(!allowed)("a daemon on a small disk of its own", () => {
  let disk: string;
  let folder: string;
  let daemon: DaemonProcess;

  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), "sentinel-disk-"));
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", disk);
    folder = join(disk, "data");
    daemon = await startDaemon(folder);
    await daemon.call("POST", "/api/v1/hosts", { name: "web01" });
  });
  afterEach(async () => {
    await daemon.kill();
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  });

  const beat = () => daemon.call("POST", "/api/v1/heartbeat/web01", { message: "x".repeat(900) });
  const beats = async (): Promise<number> =>
    (await daemon.call("GET", "/api/v1/hosts/web01/history")).body.ok as number;
  const resumes = () =>
    vi.waitFor(async () => expect((await beat()).status).toBe(200), { timeout: 10_000, interval: 100 });

  /** Takes all the room that is left. */
  function fillUp(): void {
    const file = openSync(join(disk, "ballast"), "w");
    try {
      for (const block = Buffer.alloc(4_096); ;) writeSync(file, block);
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    } finally {
      closeSync(file);
    }
  }

  /** Sends until one is refused; says how many weren't, and the refusal. */
  async function untilRefused() {
    for (let acknowledged = 0; ; acknowledged++) {
      const reply = await beat();
      if (reply.status !== 200) return { acknowledged, reply };
    }
  }

  test("refuses with what to do when it is full, is read meanwhile, goes on by itself, and has all that it acknowledged", async () => {
    fillUp();
    const { acknowledged, reply } = await untilRefused();
    expect(reply).toMatchObject({
      status: 503,
      body: { code: "unavailable", detail: expect.stringContaining("free some space") },
    });
    expect((await daemon.call("GET", "/api/v1/hosts")).body).toMatchObject({ total: 1 });
    expect((await daemon.call("GET", "/api/v1/health")).body.components).toMatchObject({
      store: { status: "degraded" },
    });
    rmSync(join(disk, "ballast"));
    await resumes();
    const { body } = await daemon.call("GET", "/api/v1/alerts");
    expect(body.items.filter(({ key }: { key: string }) => key.startsWith("heartbeat:"))).toEqual([]);
    const before = await beats();
    expect(before).toBeGreaterThan(acknowledged);
    await daemon.kill();
    daemon = await startDaemon(folder);
    expect(await beats()).toBe(before);
  });

  test("that is read-only refuses what needs a new file, is read meanwhile, and goes on when it can be written", async () => {
    const add = () =>
      daemon.call("POST", "/api/v1/channels", { id: "ops", type: "webhook", secrets: { url: "http://127.0.0.1:9/" } });
    // What is open for writing would keep the whole disk from becoming read-only: so it is so by its path alone.
    mount("--bind", folder, folder);
    try {
      mount("-o", "remount,bind,ro", folder);
      expect(await add()).toMatchObject({
        status: 503,
        body: { detail: expect.stringContaining("mount it for writing") },
      });
      expect((await daemon.call("GET", "/api/v1/hosts")).body).toMatchObject({ total: 1 });
      await daemon.kill();
      await expect(startDaemon(folder)).rejects.toThrow(/can't be locked.*on a disk that can be written/);
    } finally {
      execFileSync("umount", [folder]);
    }
    daemon = await startDaemon(folder);
    expect((await add()).status).toBe(201);
  });

  test("ends when its folder is deleted, within seconds, and says so", async () => {
    const said: string[] = [];
    daemon.child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    rmSync(folder, { recursive: true });
    const [status] = (await once(daemon.child, "exit")) as [number];
    expect([status, said.join("")]).toEqual([1, expect.stringMatching(/deleted, moved or replaced under it/)]);
  });
});
