import { codeIn } from "../../../../shared/error-code.ts";
import { isBlank, isHead, type Mark, WINDOW_BYTES, windowsAt } from "./mark.ts";
import type { Member } from "./rotation.ts";
import { type Files, type OpenFile, SourceFault } from "./source.ts";
import { unpacked } from "./unpacked.ts";

/**
 * Opens a file of a log for what is in it, and closes it again. `gone` if it isn't there any more; `unreadable` if it
 * was rotated into something that can't be read, which must not keep us from the rest.
 */
export async function withMember<T>(
  files: Files,
  { path, isPacked }: Pick<Member, "path" | "isPacked">,
  use: (file: OpenFile) => Promise<T>,
): Promise<T | "gone" | "unreadable"> {
  if (isPacked && !path.endsWith(".gz")) return "unreadable";
  const file = await files.open(path);
  if (!file) return "gone";
  const content = isPacked ? unpacked(file) : file;
  try {
    return await use(content);
  } catch (error) {
    if (codeIn(error)?.startsWith("Z_")) return "unreadable";
    throw error;
  } finally {
    await content.close();
  }
}

/** Which of them is the file of that mark: the first of the likely ones that it is true of. */
export async function locate(
  files: Files,
  mark: Mark,
  rotated: readonly Member[],
  current: Member | undefined,
): Promise<Member | undefined> {
  const isSame = ({ stat }: Member): boolean => stat.id === mark.id;
  const newest = rotated.toReversed();
  const likely = [
    ...(current && (isSame(current) || current.stat.id === undefined) ? [current] : []),
    ...newest.filter((member) => mark.id !== undefined && isSame(member)),
    ...newest,
    ...(current ? [current] : []),
  ];
  for (const member of new Set(likely)) {
    if (!member.isPacked && member.stat.sizeBytes < mark.offset) continue;
    const found = await withMember(files, member, (file) => windowsAt(file, mark)).catch(
      unlessRotated(member, current),
    );
    if (found !== undefined && typeof found !== "string") return member;
  }
  return undefined;
}

/** What may not be read of what was rotated away isn't read; the log itself must be. */
export const unlessRotated =
  (member: Member, current: Member | undefined) =>
  (error: unknown): "unreadable" => {
    if (member !== current && error instanceof SourceFault && error.step === "open") return "unreadable";
    throw error;
  };

/** Is a rotated file a copy of the current one, which will be emptied in a moment? */
export async function isCopy(files: Files, rotated: Member, current: Member): Promise<boolean> {
  if (rotated.isPacked || rotated.stat.sizeBytes > current.stat.sizeBytes) return false;
  const place = rotated.stat.sizeBytes;
  const mark = await markAt(files, rotated, place, 0);
  if (!mark) return false;
  const found = await withMember(files, current, (file) => windowsAt(file, mark));
  return found !== undefined && typeof found !== "string";
}

/** Does a file hold the beginning of what was read, so many bytes at least, and end before that place? */
export async function isCopiedPart(files: Files, mark: Mark, member: Member, leastBytes: number): Promise<boolean> {
  const found = await withMember(files, member, async (file) => {
    if ((await file.read(mark.offset, 1)).length > 0) return false;
    const head = await file.read(0, Math.min(WINDOW_BYTES, mark.offset));
    return head.length >= leastBytes && isHead(head, mark);
  }).catch(unlessRotated(member, undefined));
  return found === true;
}

/** The last of them that holds anything, marked as read. */
export async function lastOf(files: Files, members: readonly Member[], readAt: number): Promise<Mark | undefined> {
  for (const member of members.toReversed()) {
    const mark = await markAt(files, member, member.stat.sizeBytes, readAt);
    if (mark && !isBlank(mark)) return mark;
  }
  return undefined;
}

/** Marks a file without reading it; a packed one by its head alone. Undefined if it can't be read. */
async function markAt(files: Files, member: Member, place: number, readAt: number): Promise<Mark | undefined> {
  const mark = await withMember(files, member, async (file) => {
    const offset = member.isPacked ? (await file.read(0, WINDOW_BYTES)).length : place;
    return (await windowsAt(file, offset))?.mark({ ...member.stat, readAt });
  }).catch(unlessRotated(member, undefined));
  return typeof mark === "string" ? undefined : mark;
}
