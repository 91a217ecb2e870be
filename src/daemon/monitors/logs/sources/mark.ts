import { createHash } from "node:crypto";
import { z } from "zod";
import type { OpenFile } from "./source.ts";

export const WINDOW_BYTES = 256;

/** How far a file was read, and how to know it again: by what it began with and what stood before that place. */
export const markSchema = z.strictObject({
  id: z.string().max(100).optional(),
  offset: z.number().int().nonnegative(),
  /** Hashes of the first 256 bytes and of the last 256 before `offset`, or of as many as there are. */
  head: z.string().max(30),
  tail: z.string().max(30),
  /** How much of the line that `offset` is in was passed over. */
  passedBytes: z.number().int().nonnegative().optional(),
  /** When it was last written, by its machine's clock, and read, by ours: epoch ms. */
  modifiedAt: z.number(),
  readAt: z.number(),
});
export type Mark = z.infer<typeof markSchema>;

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64url").slice(0, 16);

/** Fewer bytes than these say nothing, against it neither. */
export const LEAST_BYTES = 16;

/** Of the first few bytes, then of all: a part can be known again too. */
const headOf = (bytes: Uint8Array): string => hashOf(bytes.subarray(0, LEAST_BYTES)).slice(0, 8) + hashOf(bytes);

/** May these be the first bytes of what was read, all 256 or fewer? */
export function isHead(bytes: Uint8Array, { head, offset }: Mark): boolean {
  if (bytes.length === Math.min(WINDOW_BYTES, offset)) return headOf(bytes) === head;
  return bytes.length < LEAST_BYTES || head.startsWith(headOf(bytes).slice(0, 8));
}

/** Nothing was read yet, so that only its id tells it from another. */
export const isBlank = (mark: Mark): boolean => mark.offset === 0;

/** What a mark is made of, kept up while a file is read on: whatever happens to the file then, it says what was read. */
export interface Windows {
  pass(bytes: Buffer): void;
  mark(about: Pick<Mark, "id" | "modifiedAt" | "readAt" | "passedBytes">): Mark;
}

/** Begins at the place of a mark, or at another that needs no proof; undefined if the file isn't that of the mark, as far as it was read. */
export async function windowsAt(file: OpenFile, place: Mark | number): Promise<Windows | undefined> {
  const known = typeof place === "number" ? undefined : place;
  let offset = typeof place === "number" ? place : place.offset;
  const window = Math.min(WINDOW_BYTES, offset);
  let head = Buffer.from(await file.read(0, window));
  if (known && (head.length < window || !isHead(head, known))) return undefined;
  let tail = Buffer.from(await file.read(offset - window, window));
  if (known && (tail.length < window || hashOf(tail) !== known.tail)) return undefined;
  return {
    pass(bytes) {
      offset += bytes.length;
      if (head.length < WINDOW_BYTES)
        head = Buffer.concat([head, bytes.subarray(0, WINDOW_BYTES)]).subarray(0, WINDOW_BYTES);
      // A copy: a view would hold all that was read in memory.
      tail = Buffer.concat([tail, bytes.subarray(-WINDOW_BYTES)]).subarray(-WINDOW_BYTES);
    },
    mark: ({ id, modifiedAt, readAt, passedBytes }) => ({
      ...(id === undefined ? {} : { id }),
      ...(passedBytes ? { passedBytes } : {}),
      offset,
      head: headOf(head),
      tail: hashOf(tail),
      modifiedAt,
      readAt,
    }),
  };
}
