import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Secrets, StoreOpenError, StoreUnavailable } from "../../domain/store.ts";
import { diskTrouble, replaceWhole, type StoreFiles } from "./files.ts";

type Kept = Record<string, Record<string, string>>;

/** Secrets that are used again, in one file for its owner only. It is replaced whole: never half of it is there. */
export async function openSecrets({ folder, files }: { folder: string; files: StoreFiles }): Promise<Secrets> {
  const path = join(folder, "secrets.json");
  let kept = await readKept(path);

  async function replace(next: Kept): Promise<void> {
    try {
      await replaceWhole(files, path, [Buffer.from(JSON.stringify(next, null, 2))]);
    } catch (cause) {
      throw new StoreUnavailable(diskTrouble(cause, folder), { cause });
    }
    kept = next;
  }

  // One after the other: two at once would each keep only their own.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (change: () => Promise<void>): Promise<void> => (last = last.catch(() => {}).then(change));

  return {
    get: (name) => kept[name],
    put: (name, values) => inTurn(() => replace({ ...kept, [name]: values })),
    remove: (name) =>
      inTurn(async () => {
        const { [name]: gone, ...rest } = kept;
        if (gone) await replace(rest);
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
    throw new StoreOpenError(
      "damaged",
      `${path} is no JSON: \`sentinel doctor --repair\` puts it aside; then add the channels again`,
    );
  }
}
