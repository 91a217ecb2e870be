import { createHash } from "node:crypto";
import { open, readdir, readFile, statfs, type FileHandle } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { createTarPacker } from "modern-tar";
import { StoreUnavailable } from "../domain/store.ts";
import { diskFiles, diskTrouble, writeAll, type StoreFiles } from "../store/json/files.ts";
import type { JsonStore } from "../store/json/json-store.ts";
import { bulkFolders, names, segmentFirst } from "../store/json/names.ts";
import { listSegments } from "../store/json/segments.ts";
import { isThere } from "../store/json/is-there.ts";
import { BACKUP_FORMAT, type Manifest, memberNames, withoutSecrets, withSecrets } from "./manifest.ts";
import { sealOf } from "./seal.ts";
import { lockBox } from "./secret-box.ts";

export interface BackupOptions {
  store: Pick<JsonStore, "folder" | "instance" | "journalEnd">;
  /** The file that it becomes, once it is whole. */
  to: string;
  version: string;
  at: number;
  /** Without one, the secrets are left out. */
  passphrase?: string | undefined;
  /** Breaks it off; nothing stays. */
  signal?: AbortSignal;
  files?: StoreFiles;
  /** How much room the disk of a folder has. */
  freeBytes?(folder: string): Promise<number>;
}

/** So much room a backup leaves for the journal, which must go on. */
const RESERVE_BYTES = 64 << 20;
/** How often the room is looked at, in bytes written. */
const LOOK_BYTES = 16 << 20;

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** One file of the backup. */
interface Member {
  name: string;
  sizeBytes: number;
  content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/**
 * Writes a consistent copy of the data to one file, while commits go on: the snapshots as they are now, then the journal
 * up to what was durable after them, then the bulk beside it. The file is there once it is whole and safe, or not at all.
 */
export async function makeBackup(options: BackupOptions): Promise<Manifest & { sizeBytes: number }> {
  const { to, files = diskFiles } = options;
  const temporary = `${to}.part`;
  try {
    await files.remove(temporary);
    const made = await write(options, temporary, files);
    await files.rename(temporary, to);
    await files.syncFolder(dirname(to));
    return made;
  } catch (cause) {
    await files.remove(temporary).catch(() => {});
    if (!/^E[A-Z0-9]+$/.test((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
    throw new StoreUnavailable(`No backup could be made: ${diskTrouble(cause, dirname(to))}.`, { cause });
  }
}

async function write(
  options: BackupOptions,
  path: string,
  files: StoreFiles,
): Promise<Manifest & { sizeBytes: number }> {
  const { store, version, at, passphrase } = options;
  const where = names(store.folder);
  // A snapshot is put in place once the journal is durable past it, so the journal's end is looked up after it is open.
  const snapshots = await Promise.all([where.snapshot, where.previous].map((one) => openIfThere(one)));
  try {
    const end = store.journalEnd();
    const box = await secretsOf(store.folder, passphrase);
    const manifest: Manifest = {
      format: BACKUP_FORMAT,
      version,
      instance: store.instance,
      rev: end.rev,
      at,
      secrets: box ? withSecrets : withoutSecrets,
    };
    const sizeBytes = await writeSealed(path, files, membersOf(), options);
    return { ...manifest, sizeBytes };

    async function* membersOf(): AsyncGenerator<Member> {
      yield whole(memberNames.manifest, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
      if (box) yield whole(memberNames.secrets, box);
      for (const [i, name] of ["db.json", "db.prev.json"].entries()) if (snapshots[i]) yield copied(name, snapshots[i]);
      for (const { name, first } of await listSegments(where.journal)) {
        if (first > (segmentFirst(end.segment) ?? 0)) continue;
        const path = join(where.journal, name);
        // A closed one may be packed meanwhile.
        const there = (await isThere(path)) ? path : `${path}.gz`;
        yield* opened(store.folder, there, name === end.segment ? end.bytes : Infinity);
      }
      for (const folder of bulkFolders)
        for (const path of await filesIn(join(store.folder, folder))) yield* opened(store.folder, path);
    }
  } finally {
    for (const file of snapshots) await file?.close();
  }
}

async function secretsOf(folder: string, passphrase: string | undefined): Promise<Buffer | undefined> {
  if (passphrase === undefined) return undefined;
  return lockBox((await readIfThere(join(folder, "secrets.json"))) ?? Buffer.from("{}"), passphrase);
}

/** Packs, compresses and seals, a piece at a time. Returns the size of it all in bytes. */
async function writeSealed(
  path: string,
  files: StoreFiles,
  members: AsyncIterable<Member>,
  { signal = new AbortController().signal, freeBytes = freeOf }: BackupOptions,
): Promise<number> {
  const { readable, controller } = createTarPacker();
  const packing = pack(members, controller).catch((error: unknown) => controller.error(error));
  const file = await files.open(path);
  let offset = 0;
  let lookAt = 0;
  try {
    const hash = createHash("sha256");
    const append = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
      for await (const piece of pieces) {
        if (offset >= lookAt && (await freeBytes(dirname(path))) < RESERVE_BYTES)
          throw Object.assign(new Error("no room beside the journal"), { code: "ENOSPC" });
        if (offset >= lookAt) lookAt = offset + LOOK_BYTES;
        hash.update(piece);
        await writeAll(file, piece, offset);
        offset += piece.length;
      }
    };
    await pipeline(Readable.fromWeb(readable as never), createGzip(), append, { signal });
    const seal = sealOf(hash.digest("hex"));
    await writeAll(file, seal, offset);
    await file.sync();
    return offset + seal.length;
  } finally {
    await file.close();
    await packing;
  }
}

async function pack(
  members: AsyncIterable<Member>,
  controller: ReturnType<typeof createTarPacker>["controller"],
): Promise<void> {
  for await (const { name, sizeBytes, content } of members) {
    const body = controller.add({ name, size: sizeBytes, mode: 0o600 }).getWriter();
    for await (const piece of content) await body.write(piece);
    await body.close();
  }
  controller.finalize();
}

const whole = (name: string, bytes: Buffer): Member => ({ name, sizeBytes: bytes.length, content: [bytes] });

async function copied(name: string, file: FileHandle, limitBytes = Infinity): Promise<Member> {
  const sizeBytes = Math.min((await file.stat()).size, limitBytes);
  const content = sizeBytes === 0 ? [] : file.createReadStream({ start: 0, end: sizeBytes - 1, autoClose: false });
  return { name, sizeBytes, content };
}

/** A file of the folder, unless it went meanwhile: then nothing in this backup needs it. */
async function* opened(folder: string, path: string, limitBytes?: number): AsyncGenerator<Member> {
  const file = await openIfThere(path);
  if (!file) return;
  try {
    yield await copied(relative(folder, path), file, limitBytes);
  } finally {
    await file.close();
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(unlessMissing);
  // What is being written counts for nothing.
  return (found ?? [])
    .filter((one) => one.isFile() && !one.name.endsWith(".tmp"))
    .map((one) => join(one.parentPath, one.name));
}

const openIfThere = (path: string): Promise<FileHandle | undefined> => open(path).catch(unlessMissing);
export const readIfThere = (path: string): Promise<Buffer | undefined> => readFile(path).catch(unlessMissing);

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
