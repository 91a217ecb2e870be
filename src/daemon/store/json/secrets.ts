import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Secrets, StoreOpenError, StoreUnavailable } from "../../domain/store.ts";
import { diskTrouble, writeWhole, type StoreFiles } from "./files.ts";

type Kept = Record<string, Record<string, string>>;

/** Secrets that are used again, in one file for its owner only. It is replaced whole: never half of it is there. */
export async function openSecrets({ folder, files }: { folder: string; files: StoreFiles }): Promise<Secrets> {
  const path = join(folder, "secrets.json");
  let kept = await readKept(path);

  let last: Promise<void> = Promise.resolve();

  /** One after the other: each begins with what the one before has left. */
  function replace(change: (before: Kept) => Kept): Promise<void> {
    const done = last.then(() => write(change(kept)));
    last = done.catch(() => {});
    return done;
  }

  async function write(next: Kept): Promise<void> {
    if (next === kept) return;
    try {
      await writeWhole(files, `${path}.new`, Buffer.from(JSON.stringify(next, null, 2)));
      await files.rename(`${path}.new`, path);
      await files.syncFolder(folder);
    } catch (cause) {
      throw new StoreUnavailable(diskTrouble(cause, folder), { cause });
    }
    kept = next;
  }

  return {
    get: (name) => kept[name],
    put: (name, values) => replace((before) => ({ ...before, [name]: values })),
    remove: (name) =>
      replace((before) => {
        const { [name]: gone, ...rest } = before;
        return gone ? rest : before;
      }),
  };
}

async function readKept(path: string): Promise<Kept> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    // Without the parser's error as its cause: that quotes what it read.
    // oxlint-disable-next-line eslint/preserve-caught-error
    throw new StoreOpenError("damaged", `${path} is no JSON: put it aside, and add the channels again`);
  }
}
