import { constants } from "node:fs";
import type { BigIntStats } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { codeIn } from "../../../../../shared/error-code.ts";
import { type Files, type FileStat, type OpenFile, SourceFault } from "../source.ts";

/** The files of this machine. */
export const localFiles: Files = {
  stat: (path) => unlessGone(path, async () => statOf(await stat(path, { bigint: true }))),
  real: (path) => unlessGone(path, () => realpath(path)),
  list: async (folder) => (await unlessGone(folder, () => readdir(folder))) ?? [],
  // Whatever has become of the path, opening it doesn't wait for anybody.
  open: (path) =>
    unlessGone(path, async () => opened(path, await open(path, constants.O_RDONLY | constants.O_NONBLOCK))),
};

const opened = (path: string, handle: FileHandle): OpenFile => ({
  stat: async () => statOf(await handle.stat({ bigint: true })),
  async read(offset, sizeBytes) {
    const bytes = Buffer.alloc(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      const { bytesRead } = await handle
        .read(bytes, filled, sizeBytes - filled, offset + filled)
        .catch((error: unknown) => refuse("read", path, error));
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  },
  close: () => handle.close(),
});

const statOf = (stats: BigIntStats): FileStat => ({
  kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
  // An inode's number is given to another file as soon as it is free; when the file was made tells them apart.
  id: `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`,
  sizeBytes: Number(stats.size),
  modifiedAt: Number(stats.mtimeNs) / 1e6,
});

async function unlessGone<T>(path: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const code = codeIn(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return refuse("open", path, error);
  }
}

function refuse(step: "open" | "read", path: string, error: unknown): never {
  const code = codeIn(error);
  if (code === undefined) throw error;
  const why: Record<string, string> = {
    EACCES: `may not be read: let the daemon's user read it (on Debian: make it a member of the group adm)`,
    EPERM: "may not be read: let the daemon's user read it",
    ELOOP: "is a link that leads back to itself",
    EISDIR: "is a folder: name a file in it",
    EMFILE: "can't be opened: the daemon has too many files open",
  };
  throw new SourceFault(step, `${path} ${why[code] ?? `can't be read (${code})`}`, error);
}
