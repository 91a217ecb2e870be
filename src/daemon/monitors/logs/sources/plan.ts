import { z } from "zod";
import { MINUTE } from "../../../../shared/time.ts";
import { isBlank, LEAST_BYTES, type Mark, markSchema } from "./mark.ts";
import { isCopiedPart, isCopy, lastOf, locate } from "./member.ts";
import type { Family, Member } from "./rotation.ts";
import type { Files, Gap } from "./source.ts";

/** How far a log was read: in which file, and which was the one before that. */
export const placeSchema = z.strictObject({
  /** Where the file of `at` was. */
  path: z.string().max(4_096),
  at: markSchema,
  before: markSchema.optional(),
});
export type Place = z.infer<typeof placeSchema>;

/** What is to be read, in order; each to its end before the next. */
export interface Piece {
  member: Member;
  /** Where to begin: where it was left, or a place in a file that wasn't begun yet. */
  from: Mark | number;
  /** Written into the file before after we had left it. */
  isLate?: true;
}

export interface Plan {
  pieces: Piece[];
  gaps: Gap[];
  at: Mark | undefined;
  before: Mark | undefined;
}

/** A writer that wasn't told of the rotation goes on in the old file for a while. */
const LATE_MS = 10 * MINUTE;

interface Given {
  files: Files;
  path: string;
  place: Place;
  family: Family;
  now: number;
}

/** What of a log wasn't read yet, and whether something is missing before it. Undefined if nothing of it is there. */
export async function planFrom(given: Given): Promise<Plan | undefined> {
  const { files, place, family } = given;
  const { at, before } = place;
  const current = family.current && family.current.stat.sizeBytes > 0 ? family.current : undefined;
  const { rotated } = family;
  const isThere = at.id !== undefined && family.ids.has(at.id);
  const members = [...rotated, ...(current ? [current] : [])];
  const after = (member: Member): Member[] => members.slice(members.indexOf(member) + 1);
  const pieces = async (unread: readonly Member[]): Promise<Piece[]> => {
    const [copy, last] = unread.slice(-2);
    const isHalf = copy && last && last === current && (await isCopy(files, copy, last));
    return unread.filter((member) => !(isHalf && member === copy)).map((member) => ({ member, from: 0 }));
  };

  if (!isBlank(at)) {
    const found = await locate(files, at, rotated, current);
    if (found) {
      const rest = after(found);
      const late = rest.length === 0 ? latePieces(given) : [];
      // A packed file is another one in any case.
      const isCopied = at.id !== undefined && found !== current && found.stat.id !== at.id;
      const isEmptied = isCopied && (isThere || !found.isPacked);
      return {
        pieces: [...late, { member: found, from: at }, ...(await pieces(rest))],
        gaps: isEmptied ? [gapOf(given, "truncated")] : [],
        at,
        before,
      };
    }
  } else if (!before) return { pieces: await pieces(members), gaps: [], at: undefined, before };

  const last = before && (await locate(files, before, rotated, undefined));
  // What comes before goes first: if that is gone, or wasn't there, all that is there came after it.
  const unread = last ? after(last) : members;
  if (isBlank(at) && (last || isThere))
    return { pieces: await pieces(unread), gaps: [], at: undefined, before: last && before };
  // Emptied in place after a copy was made, and read in between: the copy ends before where we are.
  for (const copy of unread.filter(
    (member) => member !== current && (at.id === undefined || member.stat.id !== at.id),
  )) {
    if (current && (await isCopy(files, copy, current))) continue;
    if (!(await isCopiedPart(files, at, copy, isThere ? 1 : LEAST_BYTES))) continue;
    const before = await lastOf(files, [copy], given.now);
    return { pieces: await pieces(after(copy)), gaps: [gapOf(given, "truncated")], at: undefined, before };
  }
  if (!family.current && unread.length === 0) return undefined;
  const reason = unread.some((member) => member !== current) ? "rotated-away" : isThere ? "truncated" : "replaced";
  return {
    pieces: await pieces(unread),
    gaps: [gapOf(given, reason)],
    at: undefined,
    before: last && before,
  };
}

function latePieces({ place: { before }, family, now }: Given): Piece[] {
  if (!before || before.id === undefined || now - before.readAt > LATE_MS) return [];
  const member = family.rotated.find(({ stat }) => stat.id === before.id);
  if (!member || member.isPacked || member.stat.sizeBytes <= before.offset) return [];
  return [{ member, from: before, isLate: true }];
}

const gapOf = ({ place, now, path }: Given, reason: Gap["reason"]): Gap => ({
  reason,
  from: place.at.readAt,
  to: now,
  where: path,
});
