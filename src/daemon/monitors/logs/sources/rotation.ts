import path from "node:path";
import type { Files, FileStat } from "./source.ts";

/** No log is kept in more files than that; of more the newest count. */
const MEMBERS = 64;

/** A log's file, or one that it was rotated into. */
export interface Member {
  path: string;
  stat: FileStat;
  isPacked: boolean;
}

/** A log in the order in which it was written. */
export interface Family {
  rotated: Member[];
  current: Member | undefined;
  /** Of all that aren't packed, empty ones too. */
  ids: ReadonlySet<string | undefined>;
}

const packed = /\.(?:gz|bz2|xz|zst)$/;
// 2026-01-05, 20260105, with a time of day behind it perhaps, or seconds since 1970; then a count perhaps.
const date =
  /[-._]((?:\d{4}([-_.]?)\d{2}\2\d{2})(?:[-_.T]?\d{2}[-_.:]?\d{2}(?:[-_.:]?\d{2})?)?|\d{10})(?:\.(\d{1,4}))?(?!\d)/;
// `app.log.1`, `app.log.old`, `app.1.log`; but `10.0.0.1.log` is a name.
const count = /\.(\d{1,4}|old)$|(?<!\d)\.(\d{1,3})(?=\.\w+$)/;

const withoutDate = (name: string): string => name.replace(packed, "").replace(date, "");

/** What a log is called, whichever of its files this is: `app-20260105.log.gz`, `app.log.2` and `app.1.log` are `app.log`. */
export function logNameOf(name: string): string {
  const plain = name.replace(packed, "");
  return date.test(plain) ? withoutDate(plain) : plain.replace(count, "");
}

interface Log {
  files: Files;
  path: string;
  /** Where it was read the last time, if it was. */
  place: { path: string } | undefined;
  /** Is that a log of its own, which somebody else follows? */
  isTaken(path: string): boolean;
}

/** The files of a log. Those that it was rotated into aren't empty. */
export async function familyOf({ files, path: given, place, isTaken }: Log): Promise<Family> {
  const real = await files.real(given);
  const own = real ?? given;
  const folder = path.posix.dirname(own);
  // A link may lead to a file that has a date in its name.
  const log = withoutDate(path.posix.basename(own));
  const names = (await files.list(folder)).filter((name) => logNameOf(name) === log);
  const others = names
    .filter((name) => !packed.test(name) || !names.includes(name.replace(packed, "")))
    .map((name) => path.posix.join(folder, name))
    .filter((other) => other !== own && other !== given && !isTaken(other));
  // A link may lead elsewhere than it did.
  const isLeft =
    place && (path.posix.dirname(place.path) !== folder || logNameOf(path.posix.basename(place.path)) !== log);
  const left = isLeft && !isTaken(place.path) ? [place.path] : [];
  const members = await Promise.all([...left, ...others].map((other) => memberAt(files, other)));
  const current = real === undefined ? undefined : await memberAt(files, real);
  const rotated = members.filter((member) => member !== undefined);
  const filled = rotated.filter(({ stat }) => stat.kind === "file" && stat.sizeBytes > 0);
  const plain = [current, ...rotated].filter((member) => !member?.isPacked);
  return { rotated: inOrder(filled).slice(-MEMBERS), current, ids: new Set(plain.map((member) => member?.stat.id)) };
}

async function memberAt(files: Files, at: string): Promise<Member | undefined> {
  const stat = await files.stat(at);
  return stat && { path: at, stat, isPacked: packed.test(at) };
}

/** By name where all are named alike, otherwise by when they were written last; the oldest first. */
function inOrder(members: Member[]): Member[] {
  const rankOf = new Map(members.map((member) => [member, rank(path.posix.basename(member.path))]));
  const isAlike = new Set([...rankOf.values()].map(({ kind }) => kind)).size === 1;
  const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return members.sort((a, b) => {
    const byTime = a.stat.modifiedAt - b.stat.modifiedAt;
    if (!isAlike && byTime !== 0) return byTime;
    return compare(rankOf.get(a)?.key ?? "", rankOf.get(b)?.key ?? "");
  });
}

/** A key that sorts as they were written: dates go up, counts go down. */
function rank(name: string): { kind: "date" | "count"; key: string } {
  const plain = name.replace(packed, "");
  const [, stamp, , nth = "0"] = date.exec(plain) ?? [];
  if (stamp !== undefined)
    return { kind: "date", key: stamp.replace(/\D/g, "").padEnd(14, "0") + nth.padStart(4, "0") };
  const [, last, inner] = count.exec(plain) ?? [];
  return { kind: "count", key: String(99_999 - (Number(last ?? inner) || 1)) };
}

/** Are two looks at a log alike, so that nothing was rotated in between? */
export function isSettled(before: Family, after: Family): boolean {
  const one = ({ path, stat }: Member): unknown => [path, stat.id ?? [stat.sizeBytes, stat.modifiedAt]];
  const sign = ({ rotated, current }: Family): string => JSON.stringify([rotated.map(one), current?.stat.id]);
  return sign(before) === sign(after);
}
