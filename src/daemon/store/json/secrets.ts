import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Secrets, StoreOpenError, StoreUnavailable } from "../../domain/store.ts";
import { diskTrouble, replaceWhole, type StoreFiles } from "./files.ts";
import { isWhole, summed } from "./line.ts";

type Kept = Record<string, Record<string, string>>;

/** Secrets that are used again, in one file for its owner only. It is replaced whole: never half of it is there. */
export async function openSecrets({ folder, files }: { folder: string; files: StoreFiles }): Promise<Secrets> {
  const path = join(folder, "secrets.json");
  let kept = await readKept(path);

  async function replace(next: Kept): Promise<void> {
    try {
      await replaceWhole(files, path, [encode(next)]);
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

const FORMAT = 1;

/** One JSON object, which ends in the checksum of what is before, as a line of the journal does. */
const encode = (kept: Kept): Buffer =>
  Buffer.from(summed(JSON.stringify({ format: FORMAT, ...kept }, null, 2).replace(/\n\}$/, "")));

/** Undefined if the text isn't as it was written. One without a checksum, of before there was any, is taken as it is. */
export function decodeSecrets(text: string): Kept | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const { format: _format, sum, ...kept } = parsed as Record<string, unknown>;
  if (sum !== undefined && !isWhole(Buffer.from(text.trimEnd()))) return undefined;
  return Object.values(kept).every(isEntry) ? (kept as Kept) : undefined;
}

const isEntry = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "string");

async function readKept(path: string): Promise<Kept> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  const kept = text === undefined ? {} : decodeSecrets(text);
  if (kept) return kept;
  throw new StoreOpenError(
    "damaged",
    `${path} is damaged, or was changed by hand: \`sentinel doctor --repair\` puts it aside; then add the channels again`,
  );
}
