import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { DAY } from "../../../shared/time.ts";
import { makeBackup } from "../../upkeep/make.ts";
import { prepareRestore } from "../../upkeep/restore.ts";
import { defaultSettings } from "../../domain/surroundings.ts";
import { StoreOpenError } from "../../domain/store.ts";
import { archivedAlert, beat, dump, gapOf } from "../contract.test-suite.ts";
import { copyOf, openStore, temporaryFolder } from "./faulty-files.test-support.ts";
import type { JsonStore } from "./json-store.ts";

const T0 = Date.parse("2026-11-20T00:00Z");
const FIRST = T0 / DAY;
const NOW = T0 + 3 * DAY;

/** All that a store can be asked, comparable. */
async function answers(store: JsonStore) {
  return {
    state: dump(store.state),
    secrets: store.secrets.get("channel:ops"),
    alerts: await store.archive.page({ limit: 9 }),
    days: await store.history?.days("web0", FIRST, FIRST + 9, NOW),
  };
}

/** A folder with everything in it that a daemon writes, as a crash leaves it: three days, of which two are rolled up. */
async function lived(): Promise<string> {
  const folder = temporaryFolder();
  const store = await openStore(folder, { segmentBytes: 1_500, snapshotBytes: 2_500 });
  for (let nth = 0; nth < 24; nth++) {
    const at = T0 + nth * (DAY / 8);
    const changes = [{ kind: "beat" as const, id: `web${nth % 2}`, value: beat(at) }, gapOf("a", nth)];
    await store.commit(store.state.rev, { at, by: "test", changes });
  }
  await store.secrets.put("channel:ops", { url: "https://example.org/secret" });
  await store.archive.put([archivedAlert("a1", T0), archivedAlert("a2", T0)]);
  await store.history?.follow(NOW);
  await store.history?.cleanUp(defaultSettings.retention, NOW);
  await store.pulse(NOW);
  const copy = copyOf(folder);
  await store.close();
  return copy;
}

const damages: [string, (bytes: Buffer, random: () => number) => Buffer][] = [
  ["a flipped bit", (bytes, random) => flip(bytes, Math.floor(random() * bytes.length), 1 << Math.floor(random() * 8))],
  ["an end cut off", (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length))],
  ["a hole of zeros", (bytes, random) => Buffer.from(bytes).fill(0, Math.floor(random() * bytes.length))],
  ["nothing left", () => Buffer.alloc(0)],
];

function flip(bytes: Buffer, at: number, mask: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] as number) ^ mask;
  return flipped;
}

describe("damage anywhere in any file", () => {
  let pristine: string;
  let whole: Awaited<ReturnType<typeof answers>>;
  let files: string[];

  beforeEach(async () => {
    pristine = await lived();
    files = readdirSync(pristine, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(pristine, name)).isFile(),
    );
    const store = await openStore(copyOf(pristine));
    whole = await answers(store);
    await store.close();
  });

  it("is tried on every kind of file", () => {
    const kinds = files.map((name) => name.replace(/\d{4}-\d\d-\d\d|\d{16}/, "…"));
    expect(new Set(kinds)).toEqual(
      new Set([
        "db.json",
        "db.prev.json",
        "pulse",
        "secrets.json",
        "journal/….ndjson",
        "journal/….ndjson.gz",
        "history/….ndjson",
        "audit/….ndjson",
        "archive/alerts/….ndjson",
      ]),
    );
    expect(whole).toMatchObject({ secrets: { url: expect.any(String) }, alerts: [{}, {}], days: [{}, {}, {}] });
  });

  it.each(damages)(
    "%s: all is there, or what isn't is told, with its file and what to do",
    { timeout: 120_000 },
    async (what, damage) => {
      const random = seededRandom(20);
      for (const name of files) {
        for (let round = 0; round < (what === "nothing left" ? 1 : 3); round++) {
          const folder = copyOf(pristine);
          writeFileSync(join(folder, name), damage(readFileSync(join(folder, name)), random));
          const about = `${what} in ${name}, round ${round}`;
          const warned: string[] = [];
          const store = await openStore(folder, { log: { warn: (message) => warned.push(message) } }).catch(
            (error: Error) => error,
          );
          if (store instanceof Error) {
            expect(store, `after ${about}`).toBeInstanceOf(StoreOpenError);
            expect(store.message, `after ${about}`).toMatch(/`sentinel (doctor|restore)|Install the newer version/);
            expect(store.message, `after ${about}`).toContain(folder);
          } else {
            const found = await answers(store).catch((error: Error) => error);
            const told = [...store.notices, ...warned, ...(found instanceof Error ? [found.message] : [])];
            if (JSON.stringify(found) !== JSON.stringify(whole))
              expect(told.join("\n"), `after ${about}`).toContain(folder);
            await store.close();
          }
          rmSync(folder, { recursive: true });
        }
      }
    },
  );

  it("of a backup is found before anything is restored", async () => {
    const store = await openStore(copyOf(pristine));
    const file = join(temporaryFolder(), "backup.tar.gz");
    await makeBackup({ store, to: file, version: "0", at: NOW, freeBytes: async () => Infinity });
    await store.close();
    const bytes = readFileSync(file);
    const random = seededRandom(21);
    for (let round = 0; round < 40; round++) {
      const [what, damage] = damages[round % damages.length] as (typeof damages)[number];
      writeFileSync(file, damage(bytes, random));
      const options = {
        file,
        folder: temporaryFolder(),
        now: NOW,
        newInstance: () => "second",
        passphrase: async () => undefined,
      };
      await expect(prepareRestore(options), `${what}, round ${round}`).rejects.toThrow(
        /doesn't match its checksum.*Take another one/,
      );
    }
  });
});
