import { readdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { settled } from "../../../tests/support/engine.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { gapOf, put } from "../store/contract.test-suite.ts";
import { faultyFiles, openStore, temporaryFolder } from "../store/json/faulty-files.test-support.ts";
import { type BackupsOptions, createBackups } from "./backups.ts";

/** Backups of a folder, with the clock in the test's hands: it is 12:00 UTC on 5 January. */
async function world(options: Partial<BackupsOptions> = {}) {
  const clock = createFakeClock();
  const store = await openStore(temporaryFolder(), { clock });
  await put(store, gapOf("a", 1));
  const failures: string[] = [];
  const common = { store, clock, version: "1", onFailure: (reason: string) => void failures.push(reason) };
  let backups = createBackups({ ...common, ...options });
  onTestFinished(async () => {
    await backups.stop();
    await store.close();
  });
  await backups.start();
  const names = () => readdirSync(join(store.folder, "backups")).sort();
  /** Lets time pass in steps, each with what it brings about. */
  async function pass(ms: number, stepMs = ms): Promise<void> {
    for (let done = 0; done < ms; done += stepMs) {
      clock.advance(stepMs);
      await settled(2);
      while (backups.health().detail.startsWith("being made")) await settled(1);
    }
  }
  async function restart(): Promise<void> {
    await backups.stop();
    backups = createBackups({ ...common, ...options });
    await backups.start();
  }
  return { clock, store, failures, names, pass, restart, backups: () => backups };
}

const day = (date: number, time = "031700") =>
  `sentinel-daily-202601${String(date).padStart(2, "0")}T${time}Z-r1.tar.gz`;

describe("the daily backup", () => {
  test("is a job, which can be run at once", async () => {
    const { clock, store, names, pass, backups } = await world();
    const view = () => backups().jobs[0]?.view();
    expect(view()).toMatchObject({ name: "backup", state: "ok", nextAt: clock.now() + MINUTE });
    await pass(MINUTE);
    const tomorrow = Date.parse("2026-01-06T03:17Z");
    expect(view()).toMatchObject({ lastAt: clock.now(), nextAt: tomorrow });
    await pass(HOUR, MINUTE);
    await backups().jobs[0]?.run?.();
    expect(names()).toEqual([day(5, "120100"), day(5, "130100")]);
    expect(view()).toMatchObject({ lastAt: clock.now(), nextAt: tomorrow, failures: 0 });
    await put(store, { kind: "setting", id: "backup", value: { value: { keep: 0, at: "03:17" } } });
    await pass(MINUTE);
    expect(view()?.state).toBe("idle");
  });
  test("is made a minute after a first start, and then at its time each day, with seven kept", async () => {
    const { names, pass, backups } = await world();
    expect(backups().health()).toEqual({ status: "ok", detail: "none yet; next in 1m; secrets left out" });
    await pass(MINUTE);
    expect(names()).toEqual([day(5, "120100")]);
    await pass(15 * HOUR + 15 * MINUTE, MINUTE * 15);
    expect(names()).toEqual([day(5, "120100")]);
    await pass(MINUTE);
    expect(names()).toEqual([day(5, "120100"), day(6)]);
    expect(backups().health().detail).toMatch(/^last just now, 0\.0 MB; next in 1d; secrets left out$/);
    await pass(5 * DAY, DAY);
    expect(names()).toEqual([day(5, "120100"), day(6), day(7), day(8), day(9), day(10), day(11)]);
    await pass(2 * DAY, DAY);
    expect(names()).toEqual([day(7), day(8), day(9), day(10), day(11), day(12), day(13)]);
  });

  test("isn't made again by a restart, but made up for when its time was missed", async () => {
    const { names, pass, restart, clock } = await world();
    await pass(MINUTE);
    await restart();
    await pass(HOUR, MINUTE);
    expect(names()).toHaveLength(1);
    clock.step(DAY);
    await restart();
    await pass(MINUTE);
    expect(names()).toHaveLength(2);
    clock.step(-7 * DAY);
    await pass(MINUTE);
    expect(names()).toHaveLength(3);
  });

  test("keeps to its setting: another time, fewer of them, none at all; those made by hand stay", async () => {
    const { names, pass, store, backups } = await world();
    const set = (value: object) =>
      put(store, { kind: "setting", id: "backup", value: { value: value as { keep: number; at: string } } });
    const made = await backups().make({});
    expect(made).toMatchObject({ ok: true, value: { daily: false, rev: 1, secrets: "left out" } });
    await set({ keep: 2, at: "12:30" });
    await pass(3 * DAY + HOUR, MINUTE * 30);
    expect(names()).toEqual([
      "sentinel-20260105T120000Z-r1.tar.gz",
      "sentinel-daily-20260107T123000Z-r2.tar.gz",
      "sentinel-daily-20260108T123000Z-r2.tar.gz",
    ]);
    await set({ keep: 0, at: "12:30" });
    await pass(2 * DAY, DAY);
    expect(names()).toHaveLength(3);
    expect(backups().health()).toEqual({ status: "ok", detail: "off" });
  });

  test("that fails says so in health, leaves no half file, and is tried again in an hour", async () => {
    const disk = faultyFiles();
    disk.fail("write", /backups/, "ENOSPC");
    const { names, pass, backups, failures } = await world({ files: disk.files });
    await pass(MINUTE);
    expect(names()).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(/^No backup could be made: the disk that holds .* is full/)]);
    expect(backups().health()).toMatchObject({ status: "degraded" });
    expect(backups().health().detail).toMatch(/^failed just now: No backup .*; none yet; next in 1h/);
    await pass(59 * MINUTE, MINUTE);
    expect(names()).toEqual([]);
    await pass(MINUTE);
    expect(names()).toHaveLength(1);
    expect(backups().health().status).toBe("ok");
  });

  test("that was cut short by the end of the daemon leaves nothing, nor does a crash for long", async () => {
    const disk = faultyFiles();
    const { store, clock, names, backups, restart } = await world({ files: disk.files });
    const held = disk.hold("write", /backups/);
    clock.advance(MINUTE);
    await held.reached;
    const stopped = backups().stop();
    held.release();
    await stopped;
    expect(names()).toEqual([]);
    await mkdir(join(store.folder, "backups"), { recursive: true });
    writeFileSync(join(store.folder, "backups", `${day(4)}.part`), "half");
    await restart();
    expect(names()).toEqual([]);
  });
});

describe("a backup on demand", () => {
  test("is listed with its revision, and encrypts the secrets with the passphrase given or the daemon's", async () => {
    const { backups, clock } = await world({ passphrase: { reveal: () => "the daemon's own" } });
    const both = await Promise.all([backups().make({}), backups().make({ passphrase: "another one" })]);
    expect(both).toMatchObject([{ value: { secrets: "encrypted" } }, { value: { secrets: "encrypted" } }]);
    const { value } = await backups().list();
    expect(value.items).toEqual([
      {
        name: "sentinel-20260105T120000Z-r1.tar.gz",
        at: clock.now(),
        rev: 1,
        sizeBytes: expect.any(Number),
        daily: false,
      },
    ]);
  });

  test("that the end of the daemon cuts short is refused, and leaves nothing", async () => {
    const disk = faultyFiles();
    const { names, backups } = await world({ files: disk.files });
    const held = disk.hold("write", /backups/);
    const made = backups().make({});
    await held.reached;
    const stopped = backups().stop();
    held.release();
    expect(await made).toMatchObject({ ok: false, code: "unavailable", message: expect.stringContaining("stops") });
    await stopped;
    expect(names()).toEqual([]);
  });
  test("on a full disk is refused, and says what to do", async () => {
    const disk = faultyFiles();
    disk.fail("write", /backups/, "ENOSPC");
    const { backups } = await world({ files: disk.files });
    expect(await backups().make({})).toMatchObject({
      ok: false,
      code: "unavailable",
      message: expect.stringContaining("free some space") as string,
    });
  });
});
