import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DAY } from "../../../shared/time.ts";
import { makeBackup } from "../../upkeep/make.ts";
import { defaultSettings } from "../../domain/surroundings.ts";
import type { Change } from "../../domain/state.ts";
import { StoreOpenError, StoreUnavailable } from "../../domain/store.ts";
import { archivedAlert, beat, dump, gapOf } from "../contract.test-suite.ts";
import { createMemoryStore } from "../memory/memory-store.ts";
import { copyOf, faultyFiles, openStore, temporaryFolder } from "./faulty-files.test-support.ts";
import type { JsonStore } from "./json-store.ts";
import { surveyJournal } from "./survey.ts";

const T0 = Date.parse("2026-11-20T00:00Z");
const COMMITS = 7;
const commitOf = (nth: number): Change[] => [
  { kind: "beat", id: `web${nth % 2}`, value: beat(T0 + nth, { message: "x".repeat(200) }) },
  gapOf("a", nth),
];

/** What one life of a store came to. */
interface Life {
  /** The commits that were acknowledged, in order. */
  kept: Change[][];
  /** The one whose fate only a restart tells. */
  doubtful: Change[][];
  refused: Error[];
  /** The folder as a crash at the end would have left it. */
  crashed: string;
}

/** Commits, a snapshot, several segments, bulk, roll-up, clean-up and packing, a backup: everything that writes. */
async function live(folder: string, disk: ReturnType<typeof faultyFiles>): Promise<Life> {
  const life: Life = { kept: [], doubtful: [], refused: [], crashed: folder };
  const attempt = async (doing: () => Promise<unknown>): Promise<void> => {
    await doing().catch((error: Error) => life.refused.push(error));
  };
  const options = { files: disk.files, segmentBytes: 800, snapshotBytes: 900, onFatal: () => {} };
  let store: JsonStore | undefined;
  await attempt(async () => (store = await openStore(folder, options)));
  if (!store) return life;
  const { history, archive, blobs, secrets, state } = store;
  const now = T0 + 3 * DAY;
  for (let nth = 0; nth < COMMITS; nth++) {
    const changes = commitOf(nth);
    try {
      await store.commit(state.rev, { at: T0 + nth * (DAY / 3), by: "test", changes });
      life.kept.push(changes);
    } catch (error) {
      life.refused.push(error as Error);
      if ((error as StoreUnavailable).reason === "fatal" && life.doubtful.length === 0) life.doubtful.push(changes);
    }
    if (nth === 1) await attempt(async () => blobs.put("ping/web01/1", Buffer.from("body")));
    if (nth === 2) await attempt(async () => secrets.put("channel:ops", { url: "https://example.org" }));
    if (nth === 3) await attempt(async () => archive.put([archivedAlert("a1", T0)]));
    if (nth === 4) await attempt(async () => history?.follow(T0 + DAY));
    if (nth === 5) await attempt(async () => history?.cleanUp(defaultSettings.retention, now));
  }
  await attempt(async () => history?.cleanUp(defaultSettings.retention, now));
  const to = join(folder, "backup.tar.gz");
  const freeBytes = async () => Infinity;
  const given = store;
  await attempt(async () => makeBackup({ store: given, to, version: "0", at: now, files: disk.files, freeBytes }));
  life.crashed = copyOf(folder);
  await store.close();
  return life;
}

/** That the folder holds what was acknowledged, of the doubtful all or nothing, and the whole journal of it. */
async function expectKept(folder: string, { kept, doubtful }: Life, about: string): Promise<void> {
  const store = await openStore(folder);
  const model = createMemoryStore();
  const there = store.state.rev > kept.length ? [...kept, ...doubtful] : kept;
  for (const changes of there) await model.commit(model.state.rev, { at: 0, by: "test", changes });
  expect(dump(store.state), `after ${about}`).toEqual(dump(model.state));
  const { runs, damages } = await surveyJournal(join(folder, "journal"));
  expect(damages, `after ${about}`).toEqual([]);
  expect(runs.at(-1)?.last.rev ?? 0, `after ${about}`).toBe(there.length);
  for (const [i, { first }] of runs.entries())
    expect(first.rev, `after ${about}`).toBe((runs[i - 1]?.last.rev ?? 0) + 1);
  await store.close();
}

describe("a disk on which any one call fails", () => {
  it("loses nothing that was acknowledged, and each refusal says what to do", { timeout: 120_000 }, async () => {
    const sound = faultyFiles();
    const untroubled = await live(temporaryFolder(), sound);
    expect([untroubled.kept.length, untroubled.refused]).toEqual([COMMITS, []]);
    const operations = new Set(sound.log.map((line) => line.split(" ")[0]));
    expect(operations).toEqual(new Set(["open", "remove", "rename", "sync", "syncFolder", "truncate", "write"]));
    for (const [nth, call] of sound.log.entries()) {
      const [disk, folder] = [faultyFiles(), temporaryFolder()];
      disk.failAfter(nth, nth % 2 === 0 ? "EIO" : "ENOSPC");
      const life = await live(folder, disk);
      const about = `call ${nth}: ${call}`;
      for (const error of life.refused) {
        expect([StoreUnavailable, StoreOpenError], `after ${about}`).toContain(error.constructor);
        expect(error.message, `after ${about}`).toMatch(/free some space|check the disk|must restart/i);
      }
      await expectKept(life.crashed, life, `${about}, crashed`);
      if (life.crashed !== folder) await expectKept(folder, life, about);
    }
  });
});
