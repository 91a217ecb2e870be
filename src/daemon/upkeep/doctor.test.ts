import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Host } from "../../shared/model.ts";
import type { Change } from "../domain/state.ts";
import { beatOf, dump, gapOf, put } from "../store/contract.test-suite.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "../store/json/faulty-files.test-support.ts";
import type { JsonStore } from "../store/json/json-store.ts";
import { examine } from "./doctor.ts";
import type { Finding } from "./finding.ts";

const SEGMENT = "journal/0000000000000001.ndjson";
const ASIDE = "before-repair-20261123T031700Z";
const REVS = 8;

/** Two commits are written in each go, so that the last two aren't acknowledged for sure. */
async function fill(store: JsonStore): Promise<ReturnType<typeof dump>[]> {
  const states = [dump(store.state)];
  for (let rev = 1; rev <= REVS; rev += 2) {
    const pending = [rev, rev + 1].map((n) => {
      const changes: Change[] = [beatOf(`web${n % 3}`, n), gapOf(`g${n}`, n)];
      const committed = put(store, ...changes);
      states.push(dump(store.state));
      return committed;
    });
    await Promise.all(pending);
  }
  return states;
}

const doctor = (folder: string, repair = false) =>
  examine({ folder, repair, now: Date.UTC(2026, 10, 23, 3, 17), newInstance: () => "second" });
const problems = (findings: Finding[]) =>
  findings.filter(({ result }) => result === "problem").map(({ check }) => check);
const said = (findings: Finding[]) =>
  findings.map(({ result, check, detail }) => `${result} ${check}: ${detail}`).join("\n");

async function opened(folder: string): Promise<JsonStore> {
  const store = await openStore(folder);
  onTestFinished(() => store.close());
  return store;
}

describe("the doctor", () => {
  let crashed: string;
  let closed: string;
  let states: ReturnType<typeof dump>[];
  let whole: Buffer;
  let starts: number[];

  beforeEach(async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    states = await fill(store);
    crashed = copyOf(folder);
    await store.close();
    closed = copyOf(folder);
    whole = readFileSync(join(crashed, SEGMENT));
    starts = [0, ...[...whole.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1)];
  });

  /** A copy of a crashed folder whose segment holds these bytes. */
  function withSegment(bytes: Uint8Array, from = crashed): string {
    const folder = copyOf(from);
    writeFileSync(join(folder, SEGMENT), bytes);
    return folder;
  }
  function flipped(...at: number[]): Buffer {
    const bytes = Buffer.from(whole);
    for (const i of at) bytes[i] = (bytes[i] as number) ^ 0xff;
    return bytes;
  }
  const lineStart = (rev: number): number => starts[rev - 1] as number;

  /** Repairs, and expects that afterwards all is well and the state is that of `rev`. */
  async function expectRepaired(folder: string, rev: number, instance: string): Promise<string> {
    const before = namesIn(folder);
    const found = await doctor(folder);
    expect(problems(found)).not.toEqual([]);
    expect(namesIn(folder)).toEqual(before);
    const repaired = await doctor(folder, true);
    expect(problems(repaired)).toEqual([]);
    expect(repaired.some(({ result }) => result === "repaired")).toBe(true);
    expect(problems(await doctor(folder))).toEqual([]);
    const store = await opened(folder);
    expect([dump(store.state), store.instance, store.notices]).toEqual([states[rev], instance, []]);
    expect(await put(store, gapOf("next", 1))).toMatchObject({ rev: rev + 1 });
    return said(repaired);
  }

  test("finds nothing wrong with a folder that was closed, or left by a crash", async () => {
    for (const folder of [copyOf(crashed), copyOf(closed)]) {
      const found = await doctor(folder);
      expect([...new Set(found.map(({ result }) => result))]).toEqual(["ok"]);
      expect(said(found)).toContain("ok journal: revisions 1 to 8, each whole");
    }
  });

  test("names who holds the folder, and looks no further", async () => {
    const store = await opened(temporaryFolder());
    expect(await doctor(store.folder, true)).toEqual([
      { check: "lock", result: "problem", detail: expect.stringContaining("in use by this same process") as string },
    ]);
  });

  test("sets a torn end aside, and loses nothing by it that was acknowledged", async () => {
    const folder = withSegment(whole.subarray(0, -5));
    const words = await expectRepaired(folder, 7, "first");
    expect(words).toContain(
      `repaired journal: 0000000000000001.ndjson: ${whole.length - 5 - lineStart(8)} bytes are damaged`,
    );
    expect(words).not.toContain("lost");
    expect(readFileSync(join(folder, ASIDE, "0000000000000001.ndjson"))).toEqual(whole.subarray(0, -5));
  });

  test("goes back to before damage that the state needs, and says which revisions are lost, of what time", async () => {
    const bytes = flipped(lineStart(4) + 20);
    const folder = withSegment(bytes);
    await expect(openStore(copyOf(folder))).rejects.toThrow(/`sentinel doctor --data .*--repair/);
    const words = await expectRepaired(folder, 3, "second");
    const time = (rev: number) => new Date(1_000 + rev - 1).toISOString();
    expect(words).toContain(`revisions 4 to 8 (between ${time(3)} and ${time(8)}) are lost`);
    expect(readFileSync(join(folder, ASIDE, "0000000000000001.ndjson"))).toEqual(bytes);
  });

  test("counts as lost what was acknowledged, though no whole line follows the damage", async () => {
    const words = await expectRepaired(
      withSegment(flipped(...[5, 6, 7, 8].map((rev) => lineStart(rev) + 90))),
      4,
      "second",
    );
    expect(words).toContain("revisions 5 to 8");
  });

  test("keeps the state that a snapshot has, and cuts only damage out of the history before it", async () => {
    const folder = withSegment(flipped(lineStart(4) + 20), closed);
    await expect(openStore(copyOf(folder))).rejects.toThrow("is damaged at byte");
    const words = await expectRepaired(folder, 8, "first");
    expect(words).toMatch(/revisions 4 to 4 \(between .*\) are missing from the history/);
    expect(readdirSync(join(folder, "journal")).filter((name) => name.endsWith(".ndjson"))).toEqual(
      expect.arrayContaining(["0000000000000001.ndjson", "0000000000000005.ndjson"]),
    );
  });

  test("ends well whatever byte is flipped, with a state that once was", { timeout: 120_000 }, async () => {
    for (let i = 3; i < whole.length; i += 17) {
      const folder = withSegment(flipped(i));
      expect(problems(await doctor(folder, true)), `byte ${i}`).toEqual([]);
      const store = await openStore(folder);
      const rev = starts.findLastIndex((start) => start <= i);
      expect(dump(store.state), `byte ${i}`).toEqual(states[rev]);
      await store.close();
    }
  });

  test("rebuilds from the previous snapshot, or from the journal alone", async () => {
    for (const names of [["db.json"], ["db.json", "db.prev.json"]]) {
      const folder = copyOf(closed);
      for (const name of names) writeFileSync(join(folder, name), "{");
      const words = await expectRepaired(folder, 8, names.length === 1 ? "first" : "second");
      expect(words).toContain(`repaired snapshots: ${join(folder, "db.json")} isn't a whole snapshot`);
    }
  });

  test("says when nothing leads to a state, and touches nothing", async () => {
    const folder = copyOf(closed);
    for (const name of ["db.json", "db.prev.json"]) writeFileSync(join(folder, name), "{");
    renameSync(join(folder, SEGMENT), join(folder, "journal", "0000000000000003.ndjson"));
    writeFileSync(join(folder, "journal", "0000000000000003.ndjson"), whole.subarray(lineStart(3)));
    const before = namesIn(folder);
    const found = await doctor(folder, true);
    expect(said(found)).toContain("problem state: neither snapshots nor journal lead to a state: restore a backup");
    expect(namesIn(folder)).toEqual(before);
  });

  test("leaves a snapshot of a newer version alone", async () => {
    const folder = copyOf(closed);
    writeFileSync(join(folder, "db.json"), '{"format":99}');
    const found = await doctor(folder, true);
    expect(said(found)).toMatch(/problem snapshots: .* has format 99, and this version reads up to 1/);
    expect(readFileSync(join(folder, "db.json"), "utf8")).toBe('{"format":99}');
    expect(namesIn(folder).filter((name) => name.startsWith("before-"))).toEqual([]);
  });

  test("misses a segment that a later one tells of", async () => {
    const folder = withSegment(whole.subarray(0, lineStart(3)));
    writeFileSync(join(folder, "journal", "0000000000000007.ndjson"), whole.subarray(lineStart(7)));
    expect(await expectRepaired(folder, 2, "second")).toContain("revisions 3 to 8");
    expect(readFileSync(join(folder, ASIDE, "0000000000000007.ndjson"))).toEqual(whole.subarray(lineStart(7)));
  });

  test("that can't write says so, and a second try goes on", async () => {
    const disk = faultyFiles();
    disk.fail("write", /before-repair/, "ENOSPC");
    const folder = withSegment(flipped(lineStart(4) + 20));
    const broken = examine({ folder, repair: true, now: 1, newInstance: () => "x", files: disk.files });
    await expect(broken).rejects.toMatchObject({ code: "ENOSPC" });
    await expectRepaired(folder, 3, "second");
  });

  test("closes what others could read, but not the folder that holds it", async () => {
    const folder = copyOf(closed);
    writeFileSync(join(folder, "secrets.json"), "{}", { mode: 0o600 });
    chmodSync(folder, 0o755);
    expect(problems(await doctor(folder))).toEqual([]);
    chmodSync(join(folder, "secrets.json"), 0o644);
    chmodSync(join(folder, "journal"), 0o755);
    chmodSync(folder, 0o777);
    expect(said(await doctor(folder))).toContain(`problem permissions: others could get at ${folder}, `);
    expect(problems(await doctor(folder, true))).toEqual([]);
    const mode = (name: string) => statSync(join(folder, name)).mode & 0o777;
    expect([mode("secrets.json"), mode("journal"), mode("")]).toEqual([0o600, 0o700, 0o700]);
  });

  test("reads packed segments, and takes out one that is damaged", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder, { segmentBytes: 300 });
    await fill(store);
    await store.close();
    const journal = join(folder, "journal");
    const [first = "", second = ""] = readdirSync(journal).sort();
    for (const name of [first, second]) {
      writeFileSync(join(journal, `${name}.gz`), gzipSync(readFileSync(join(journal, name))), { mode: 0o600 });
      rmSync(join(journal, name));
    }
    expect(problems(await doctor(folder))).toEqual([]);
    const packed = readFileSync(join(journal, `${second}.gz`));
    packed[packed.length - 6] = (packed.at(-6) ?? 0) ^ 1;
    writeFileSync(join(journal, `${second}.gz`), packed);
    const found = await doctor(folder);
    expect(new Set(problems(found))).toEqual(new Set(["journal"]));
    expect(said(found)).toContain(`${second}.gz`);
    await doctor(folder, true);
    expect(problems(await doctor(folder))).toEqual([]);
    expect(readFileSync(join(folder, ASIDE, `${second}.gz`))).toEqual(packed);
    expect(readdirSync(journal)).toContain(`${first}.gz`);
    expect(dump((await opened(folder)).state)).toEqual(dump(store.state));
  });
  test("finishes a restore that was broken off, or forgets what it had unpacked", async () => {
    const folder = copyOf(closed);
    mkdirSync(join(folder, "restoring", "journal"), { recursive: true });
    expect(said(await doctor(folder))).toContain("problem restore: restoring: a restore was broken off");
    expect(problems(await doctor(folder, true))).toEqual([]);
    expect(existsSync(join(folder, "restoring"))).toBe(false);
    renameSync(copyOf(crashed), join(folder, "restored-20260101T000000Z"));
    expect(said(await doctor(folder))).toContain("the next start finishes it");
    expect(said(await doctor(folder, true))).toContain(
      "repaired restore: A backup was restored; what was there before is in",
    );
    expect(existsSync(join(folder, "before-restore-20260101T000000Z", "db.json"))).toBe(true);
  });

  test("names the channels without secrets, puts a secrets.json aside that is none, and misses blobs", async () => {
    const folder = copyOf(closed);
    const store = await openStore(folder);
    const channel = { type: "webhook", options: {}, edits: false, createdAt: 1 };
    const counts = { lines: 1, sent: 0, redactions: 0, templates: 1, newTemplates: 0 };
    const analysis = {
      host: "web1",
      at: 9,
      tookMs: 1,
      trigger: "schedule" as const,
      sources: [],
      findings: { critical: 0, warning: 0, info: 0 },
      ...counts,
      baseline: "baselines/web1/1",
    };
    await put(
      store,
      { kind: "channel", id: "ops", value: channel },
      { kind: "beat", id: "web1", value: { at: 9, dueAt: 10, status: "ok", body: "ping/web1/1" } },
      { kind: "host", id: "web1", value: { name: "web1", createdAt: 1, updatedAt: 1 } as Host },
      { kind: "analysis", id: "20260105t120000000-web1", value: analysis },
    );
    await store.blobs.put("baselines/web1/1", Buffer.from("x"));
    await store.secrets.put("channel:ops", { url: "u" });
    await store.blobs.put("ping/web1/1", Buffer.from("x"));
    await store.close();
    expect(problems(await doctor(folder))).toEqual([]);
    rmSync(join(folder, "blobs"), { recursive: true });
    writeFileSync(join(folder, "secrets.json"), "not json");
    expect(problems(await doctor(folder))).toEqual(["secrets", "secrets", "blobs", "blobs"]);
    const repaired = await doctor(folder, true);
    expect(said(repaired)).toMatch(
      /repaired secrets: .* is damaged, or was changed by hand\nproblem secrets: ops can't be used without: `sentinel channel add`/,
    );
    expect(readFileSync(join(folder, ASIDE, "secrets.json"), "utf8")).toBe("not json");
    expect(said(repaired)).toContain("problem blobs: the last ping's body is missing of web1");
    expect(said(repaired)).toContain("problem blobs: what is usual in their logs is missing of web1");
  });
});

/** All but the lock, which looking makes. */
const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name !== "lock.db")
    .sort();
