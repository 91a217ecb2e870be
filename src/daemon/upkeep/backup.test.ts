import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { StoreUnavailable } from "../domain/store.ts";
import { beatOf, dump, gapOf, put } from "../store/contract.test-suite.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "../store/json/faulty-files.test-support.ts";
import type { JsonStore } from "../store/json/json-store.ts";
import { withoutSecrets, withSecrets } from "./manifest.ts";
import { type BackupOptions, makeBackup } from "./make.ts";
import { prepareRestore, type RestoreOptions } from "./restore.ts";
import { sealOf } from "./seal.ts";

const T0 = 1_000;

async function opened(folder = temporaryFolder(), options: Parameters<typeof openStore>[1] = {}): Promise<JsonStore> {
  const store = await openStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}

/** Backs up into a folder of its own. */
async function backedUp(store: JsonStore, options: Partial<BackupOptions> = {}) {
  const to = join(temporaryFolder(), "b.tar.gz");
  return { to, made: await makeBackup({ store, to, version: "1.2.3", at: 5_000, ...options }) };
}

const restoring = (file: string, folder: string, options: Partial<RestoreOptions> = {}) =>
  prepareRestore({
    file,
    folder,
    now: Date.UTC(2026, 10, 23, 3, 17),
    newInstance: () => "second",
    passphrase: async () => undefined,
    ...options,
  });

async function restored(file: string, options: Partial<RestoreOptions> = {}): Promise<JsonStore> {
  const folder = temporaryFolder();
  const ready = await restoring(file, folder, options);
  await ready.commit();
  return opened(folder);
}

/** The state after each revision of `revs` commits, with a snapshot now and then. */
async function filled(revs: number): Promise<{ store: JsonStore; states: ReturnType<typeof dump>[] }> {
  const store = await opened(undefined, { snapshotBytes: 2_000, segmentBytes: 1_500 });
  const states = [dump(store.state)];
  for (let i = 1; i <= revs; i++) {
    await put(
      store,
      beatOf(`web${i % 3}`, T0 + i),
      i % 5 === 0 ? { kind: "gap", id: "g", removed: true } : gapOf("g", i),
    );
    states.push(dump(store.state));
  }
  return { store, states };
}

describe("a backup", () => {
  test("made while commits go on holds exactly the state at its revision", { timeout: 60_000 }, async () => {
    const { store, states } = await filled(20);
    let over = false;
    const load = (async () => {
      for (let i = 21; !over; i++) {
        const pending = put(store, beatOf(`web${i % 3}`, T0 + i), gapOf(`g${i % 7}`, i));
        states.push(dump(store.state));
        await pending;
      }
    })();
    const backups = [];
    for (let i = 0; i < 5; i++) backups.push(await backedUp(store));
    over = true;
    await load;
    expect(new Set(backups.map(({ made }) => made.rev)).size).toBe(5);
    for (const { to, made } of backups) {
      const again = await restored(to);
      expect(dump(again.state)).toEqual(states[made.rev]);
      expect(again.instance).toBe("second");
    }
  });

  test("is a tar that says what is in it, for its owner only", async () => {
    const { store } = await filled(3);
    const long = `ping/${"h".repeat(64)}/${"n".repeat(128)}`;
    await store.blobs.put("ping/web1/1", Buffer.from("a body"));
    await store.blobs.put(long, Buffer.from("another"));
    const { to, made } = await backedUp(store);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(statSync(to).size).toBe(made.sizeBytes);
    const tar = (...args: string[]) => execFileSync("tar", args, { encoding: "utf8", stdio: "pipe" });
    expect(tar("-tzf", to).split("\n")).toEqual(
      expect.arrayContaining(["manifest.json", "db.json", "journal/0000000000000001.ndjson", "blobs/ping/web1/1"]),
    );
    expect(JSON.parse(tar("-xzOf", to, "manifest.json"))).toEqual({
      format: 1,
      version: "1.2.3",
      instance: "first",
      rev: 3,
      at: 5_000,
      secrets: withoutSecrets,
    });
    const { blobs } = await restored(to);
    for (const [id, text] of [
      ["ping/web1/1", "a body"],
      [long, "another"],
    ] as const)
      expect(Buffer.from((await blobs.get(id)) ?? []).toString()).toBe(text);
  });

  test("takes packed segments and the archive along, and goes back into the middle of one", async () => {
    const { store, states } = await filled(20);
    const closed = readdirSync(join(store.folder, "journal")).sort().slice(0, -1);
    expect(closed.length).toBeGreaterThan(2);
    for (const name of closed) {
      const path = join(store.folder, "journal", name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
    }
    mkdirSync(join(store.folder, "history"));
    writeFileSync(join(store.folder, "history", "2026-11-22.ndjson"), "{}\n");
    writeFileSync(join(store.folder, "history", "2026-11-23.ndjson.tmp"), "half");
    const { to } = await backedUp(store);
    expect(execFileSync("tar", ["-tzf", to], { encoding: "utf8" })).toMatch(
      /history\/2026-11-22\.ndjson\n(?!.*\.tmp)/s,
    );
    expect(dump((await restored(to)).state)).toEqual(states[20]);
    const early = await restored(to, { target: { rev: 17 } });
    expect(dump(early.state)).toEqual(states[17]);
  });

  test("holds secrets only behind a passphrase", async () => {
    const { store } = await filled(2);
    await store.secrets.put("channel:ops", { url: "https://example.org/hook" });
    const plain = await backedUp(store);
    const locked = await backedUp(store, { passphrase: "correct horse" });
    expect([plain.made.secrets, locked.made.secrets]).toEqual([withoutSecrets, withSecrets]);
    for (const { to } of [plain, locked])
      expect(execFileSync("tar", ["-xzOf", to], { encoding: "utf8" })).not.toContain("example.org");
    await expect(restored(locked.to, { passphrase: async () => "wrong horse" })).rejects.toThrow(
      "isn't the passphrase that the backup's secrets were encrypted with",
    );
    const again = await restored(locked.to, { passphrase: async () => "correct horse" });
    expect(again.secrets.get("channel:ops")).toEqual({ url: "https://example.org/hook" });
    expect(statSync(join(again.folder, "secrets.json")).mode & 0o777).toBe(0o600);
    expect((await restored(locked.to)).secrets.get("channel:ops")).toBeUndefined();
  });

  test.each(["ENOSPC", "EIO"])("that the disk refuses (%s) says so, and leaves no half file", async (code) => {
    const { store } = await filled(5);
    for (const operation of ["open", "write", "sync", "rename"] as const) {
      const disk = faultyFiles();
      disk.fail(operation, /b\.tar/, code);
      const folder = temporaryFolder();
      const making = makeBackup({ store, to: join(folder, "b.tar.gz"), version: "1", at: 1, files: disk.files });
      await expect(making).rejects.toThrow(StoreUnavailable);
      await expect(making).rejects.toThrow(code === "ENOSPC" ? /is full/ : /EIO/);
      expect(readdirSync(folder)).toEqual([]);
    }
    expect((await backedUp(store)).made.rev).toBe(5);
  });

  test("leaves the journal room on the disk", async () => {
    const { store } = await filled(2);
    const making = backedUp(store, { freeBytes: async () => (64 << 20) - 1 });
    await expect(making).rejects.toThrow(/is full: free some space/);
    expect((await backedUp(store, { freeBytes: async () => 64 << 20 })).made.rev).toBe(2);
  });

  test("of which any byte is changed, is missing or is too many is refused before anything is touched", async () => {
    const { store } = await filled(3);
    const { to } = await backedUp(store);
    const whole = readFileSync(to);
    const folder = temporaryFolder();
    const broken = join(temporaryFolder(), "broken.tar.gz");
    for (let i = 0; i < whole.length; i++) {
      const bytes = Buffer.from(whole);
      bytes[i] = (bytes[i] as number) ^ (i % 2 === 0 ? 1 : 0xff);
      writeFileSync(broken, bytes);
      await expect(restoring(broken, folder), `byte ${i}`).rejects.toThrow("doesn't match its checksum");
    }
    for (const bytes of [whole.subarray(0, -1), whole.subarray(1), Buffer.concat([whole, whole]), Buffer.alloc(0)]) {
      writeFileSync(broken, bytes);
      await expect(restoring(broken, folder)).rejects.toMatchObject({ name: "RestoreRefused" });
    }
    await expect(restoring(join(folder, "none"), folder)).rejects.toThrow("can't be read (ENOENT)");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a restore", () => {
  test("goes back to any revision and any time that the backup holds", { timeout: 60_000 }, async () => {
    const { store, states } = await filled(40);
    const { to } = await backedUp(store);
    for (const rev of [1, 2, 17, 33, 40]) {
      expect(dump((await restored(to, { target: { rev } })).state)).toEqual(states[rev]);
      // Revision n was made at T0 + n - 1.
      expect((await restored(to, { target: { at: T0 + rev - 1 } })).state.rev).toBe(rev);
    }
    expect((await restored(to, { target: { at: Date.now() } })).state.rev).toBe(40);
    const range = /it holds those from revision 1 \(1970-.*\) to 40$/;
    await expect(restored(to, { target: { rev: 41 } })).rejects.toThrow(range);
    await expect(restored(to, { target: { rev: 0 } })).rejects.toThrow(range);
    await expect(restored(to, { target: { at: T0 - 1 } })).rejects.toThrow(range);
  });

  test("to before the journal that is kept names the earliest there is", async () => {
    const { store } = await filled(40);
    await store.close();
    const again = await opened(store.folder);
    await put(again, gapOf("late", 1));
    const journal = join(store.folder, "journal");
    const { rev: snapshotRev } = JSON.parse(readFileSync(join(store.folder, "db.prev.json"), "utf8")) as {
      rev: number;
    };
    const { to } = await backedUp(again);
    for (const name of readdirSync(journal))
      if (Number(name.slice(0, 16)) <= 38) writeFileSync(join(journal, name), "");
    const copy = await backedUp(again);
    expect(snapshotRev).toBe(40);
    expect((await restored(to, { target: { rev: 12 } })).state.rev).toBe(12);
    expect((await restored(copy.to)).state.rev).toBe(41);
    await expect(restored(copy.to, { target: { rev: 12 } })).rejects.toThrow(/it holds those from revision 40 /);
  });

  test("of a backup in a newer format, or of something else that was packed, is refused", async () => {
    const folder = temporaryFolder();
    for (const [manifest, complaint] of [
      [{ format: 2, version: "9.9" }, "of a newer format: install Sentinel 9.9"],
      [{ format: 1 }, "manifest.json isn't one of Sentinel's"],
    ] as const) {
      writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
      const bytes = execFileSync("tar", ["-C", folder, "-cz", "manifest.json"]);
      const file = join(folder, "b.tar.gz");
      writeFileSync(file, Buffer.concat([bytes, sealOf(createHash("sha256").update(bytes).digest("hex"))]));
      await expect(restored(file)).rejects.toThrow(complaint);
    }
  });

  test("twice within a second puts both aside", async () => {
    const { store } = await filled(3);
    const { to } = await backedUp(store);
    await store.close();
    const ready = await restoring(to, store.folder);
    await ready.commit();
    await (await restoring(to, store.folder)).commit();
    const asides = readdirSync(store.folder).filter((name) => name.startsWith("before-"));
    expect(asides).toEqual(["before-restore-20261123T031700Z", "before-restore-20261123T031701Z"]);
    for (const name of asides) expect(existsSync(join(store.folder, name, "db.json"))).toBe(true);
  });

  test("over a folder in use is refused, and a running one isn't touched", async () => {
    const { store } = await filled(3);
    const { to } = await backedUp(store);
    await expect(restoring(to, store.folder)).rejects.toMatchObject({ name: "StoreOpenError", code: "held" });
    expect(await put(store, gapOf("goes on", 1))).toMatchObject({ rev: 4 });
  });

  test("puts what was there aside, and goes on numbering from the revision that it restored", async () => {
    const { store } = await filled(6);
    const { to } = await backedUp(store);
    await put(store, gapOf("later", 1));
    await store.secrets.put("channel:ops", { url: "u" });
    await store.close();
    writeFileSync(join(store.folder, "admin.token"), "kept", { mode: 0o600 });
    const ready = await restoring(to, store.folder, { target: { rev: 5 } });
    expect(ready).toMatchObject({ rev: 5, hosts: 0, secrets: "none in it" });
    await ready.commit();
    const aside = join(store.folder, "before-restore-20261123T031700Z");
    expect(ready.aside).toBe(aside);
    expect(readdirSync(aside).sort()).toEqual(
      ["db.json", "db.prev.json", "journal", "pulse"].filter((name) => existsSync(join(aside, name))),
    );
    const again = await opened(store.folder);
    expect([again.notices, again.state.rev, again.instance]).toEqual([[], 5, "second"]);
    expect(again.secrets.get("channel:ops")).toEqual({ url: "u" });
    expect(readFileSync(join(store.folder, "admin.token"), "utf8")).toBe("kept");
    expect(await put(again, gapOf("new", 1))).toMatchObject({ rev: 6 });
    expect((await opened(copyOf(aside))).state.rev).toBe(7);
  });

  test("that isn't confirmed leaves everything as it was", async () => {
    const { store } = await filled(3);
    const { to } = await backedUp(store);
    await store.close();
    const before = readdirSync(store.folder);
    await (await restoring(to, store.folder)).discard();
    expect(readdirSync(store.folder)).toEqual(before);
    expect((await opened(store.folder)).instance).toBe("first");
  });

  test("that breaks off at any step leaves the old or the new, and the next start finishes it", async () => {
    const { store, states } = await filled(6);
    await store.secrets.put("channel:ops", { url: "u" });
    const { to } = await backedUp(store, { passphrase: "correct horse" });
    await put(store, gapOf("later", 1));
    const later = dump(store.state);
    await store.close();
    const instances = new Set<string>();
    for (let step = 0; ; step++) {
      const folder = copyOf(store.folder);
      const ready = await restoring(to, folder, { passphrase: async () => "correct horse", files: breaking(step) });
      const outcome = await ready.commit().then(
        () => "done",
        () => "broken off",
      );
      const again = await opened(copyOf(folder));
      const isNew = again.instance === "second";
      expect(dump(again.state)).toEqual(isNew ? states[6] : later);
      expect(again.secrets.get("channel:ops")).toEqual({ url: "u" });
      expect(readdirSync(again.folder).filter((name) => name.startsWith("restored"))).toEqual([]);
      instances.add(again.instance);
      if (outcome === "done") break;
      expect(step).toBeLessThan(50);
    }
    expect([...instances]).toEqual(["first", "second"]);
  });
});

/** A disk that dies at the so-manieth rename or sync after the snapshot is written. */
function breaking(step: number) {
  const { files } = faultyFiles();
  let left = step;
  let begun = false;
  const die = (): void => {
    if (begun && left-- <= 0) throw Object.assign(new Error("power cut"), { code: "EIO" });
  };
  return {
    ...files,
    rename: async (from: string, to: string) => {
      begun ||= to.includes("restored-");
      die();
      await files.rename(from, to);
    },
    syncFolder: async (path: string) => {
      die();
      await files.syncFolder(path);
    },
  };
}
