import { createReadStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unpackTar } from "modern-tar/fs";
import { diskFiles, type StoreFiles } from "../store/json/files.ts";
import { load } from "../store/json/load.ts";
import { takeLock } from "../store/json/lock.ts";
import { names, type Names } from "../store/json/names.ts";
import { asideName, finishRestore, gatheredName, gatheringNames, syncTree } from "../store/json/restored.ts";
import { snapshotOf } from "../store/json/snapshot.ts";
import { snapshotFile } from "../store/json/snapshot-file.ts";
import { type Migration, migrate } from "../store/json/upgrade.ts";
import { goBackTo, type Target } from "./go-back.ts";
import { isThere } from "../store/json/is-there.ts";
import { readIfThere } from "./make.ts";
import { BACKUP_FORMAT, type Manifest, manifestSchema, memberNames, memberPattern, withSecrets } from "./manifest.ts";
import { RestoreRefused } from "./refused.ts";
import { isSealed } from "./seal.ts";
import { openBox } from "./secret-box.ts";
import { freeStamp } from "../store/json/stamp.ts";

export interface RestoreOptions {
  file: string;
  /** The data folder; made if it isn't there. */
  folder: string;
  now: number;
  newInstance(): string;
  /** An earlier revision or time than that of the backup. */
  target?: Target | undefined;
  /** Asked for when the backup holds secrets; with no answer they are left out. */
  passphrase(): Promise<string | undefined>;
  files?: StoreFiles;
  /** How data of older formats is brought up, where a test has its own. */
  migrations?: readonly Migration[] | undefined;
}

export type { Target } from "./go-back.ts";

/** A restore that is ready, and for which nothing was touched yet. */
export interface ReadyRestore {
  manifest: Manifest;
  /** What the data will be. */
  rev: number;
  at: number | undefined;
  hosts: number;
  secrets: "restored" | "left out" | "none in it";
  /** Where what is there now goes; undefined if there is nothing. */
  aside: string | undefined;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Checks a backup byte by byte and builds the data that it holds beside the present one, which stays untouched until
 * `commit`. Holds the folder's lock until `commit` or `discard`. Throws `RestoreRefused`, or `StoreOpenError` when the
 * folder is in use.
 */
export async function prepareRestore(options: RestoreOptions): Promise<ReadyRestore> {
  const { file, folder, now, files = diskFiles } = options;
  await checkSeal(file);
  const where = names(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const release = takeLock(where, now);
  const gathered = join(folder, gatheringNames.restore);
  const discard = async (): Promise<void> => {
    await rm(gathered, { recursive: true, force: true });
    release();
  };
  try {
    await finishRestore(where, files);
    await rm(gathered, { recursive: true, force: true });
    const ready = await gather(options, names(gathered), files);
    const mark = await freeStamp(now, (mark) => join(folder, asideName("restore", mark)));
    const commit = async (): Promise<void> => {
      await files.rename(gathered, join(folder, gatheredName("restore", mark)));
      await files.syncFolder(folder);
      await finishRestore(where, files);
      release();
    };
    const aside = (await isThere(where.snapshot)) ? join(folder, asideName("restore", mark)) : undefined;
    return { ...ready, aside, commit, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function checkSeal(file: string): Promise<void> {
  const sealed = await isSealed(file).catch((cause: NodeJS.ErrnoException) => {
    throw new RestoreRefused(`${file} can't be read (${cause.code}): name a file that \`sentinel backup\` made`, {
      cause,
    });
  });
  if (!sealed)
    throw new RestoreRefused(
      `${file} doesn't match its checksum: it was cut short or changed, or is no backup. Take another one.`,
    );
}

/** Unpacks into a folder of its own and brings the state to what is wanted, as a start of the daemon would. */
async function gather(options: RestoreOptions, where: Names, files: StoreFiles) {
  const { file, target, newInstance, migrations } = options;
  await mkdir(where.journal, { recursive: true, mode: 0o700 });
  await unpack(file, where.folder);
  const manifest = await takeManifest(where.folder);
  const secrets = await takeSecrets(options, where.folder, manifest);
  const rev = await goBackTo(where, target ?? { rev: manifest.rev }, manifest.rev);
  await migrate(where, files, migrations);
  const { state, lastAt } = await load(where, files);
  if (state.rev !== rev) throw new RestoreRefused(`the backup lacks revisions ${state.rev + 1} to ${rev}`);
  const publish = (temporary: string): Promise<void> => files.rename(temporary, where.snapshot);
  const adapter = snapshotFile({ path: where.snapshot, files, publish });
  await adapter.write(snapshotOf(state, newInstance(), lastAt ?? manifest.at));
  await syncTree(where.folder, files);
  return { manifest, rev: state.rev, at: lastAt, hosts: state.count("host"), secrets };
}

async function unpack(file: string, folder: string): Promise<void> {
  const filter = (header: { name: string; type?: string }): boolean =>
    header.type === "file" && memberPattern.test(header.name);
  try {
    const unpacker = unpackTar(folder, { strict: true, filter, fmode: 0o600, dmode: 0o700 });
    await pipeline(createReadStream(file), createGunzip(), unpacker);
  } catch (cause) {
    throw new RestoreRefused(`${file} can't be unpacked: ${(cause as Error).message}`, { cause });
  }
}

async function takeManifest(folder: string): Promise<Manifest> {
  const path = join(folder, memberNames.manifest);
  const bytes = await readIfThere(path);
  const manifest = (bytes ? JSON.parse(bytes.toString()) : {}) as Partial<Manifest>;
  if (Number(manifest.format) > BACKUP_FORMAT)
    throw new RestoreRefused(`the backup is of a newer format: install Sentinel ${manifest.version}, which made it`);
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) throw new RestoreRefused("the backup's manifest.json isn't one of Sentinel's");
  await rm(path);
  return parsed.data;
}

async function takeSecrets(
  { passphrase }: RestoreOptions,
  folder: string,
  { secrets }: Manifest,
): Promise<ReadyRestore["secrets"]> {
  if (secrets !== withSecrets) return "none in it";
  const path = join(folder, memberNames.secrets);
  const given = await passphrase();
  const box = await readIfThere(path);
  await rm(path, { force: true });
  if (given === undefined || !box) return "left out";
  const opened = await openBox(box, given);
  if (!opened) throw new RestoreRefused("this isn't the passphrase that the backup's secrets were encrypted with");
  await writeFile(join(folder, "secrets.json"), opened, { mode: 0o600 });
  return "restored";
}
