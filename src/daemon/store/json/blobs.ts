import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { blobId, StoreUnavailable, type Blobs } from "../../domain/store.ts";
import { diskTrouble, makeFolder, writeWhole, type StoreFiles } from "./files.ts";

/** One file a blob. It is written whole and synced, name and all, before anything may refer to it. */
export function createBlobs({ folder, files }: { folder: string; files: StoreFiles }): Blobs {
  return {
    async put(id, bytes) {
      const path = pathOf(folder, id);
      try {
        await makeFolder(dirname(path), files);
        await writeWhole(files, path, bytes);
        await files.syncFolder(dirname(path));
      } catch (cause) {
        await files.remove(path).catch(() => {});
        throw new StoreUnavailable(diskTrouble(cause, folder), { cause });
      }
    },
    get: (id) =>
      readFile(pathOf(folder, id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
        throw error;
      }),
    async list(name) {
      const found = await readdir(pathOf(folder, name)).catch(absent);
      return found.map((one) => `${name}/${one}`).filter((id) => blobId.test(id));
    },
    remove: (id) => files.remove(pathOf(folder, id)),
  };
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

function pathOf(folder: string, id: string): string {
  if (!blobId.test(id)) throw new Error(`no name for a blob: ${id}`);
  return join(folder, id);
}
