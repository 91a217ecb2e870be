import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { segmentFirst } from "./names.ts";

/** One file of the journal, packed if its name ends in `.gz`. */
export interface Segment {
  name: string;
  first: number;
}

/** The journal's segments by revision. Of one that was just being packed the plain file counts. */
export async function listSegments(journal: string): Promise<Segment[]> {
  const byFirst = new Map<number, Segment>();
  for (const name of (await readdir(journal)).sort().reverse()) {
    const first = segmentFirst(name);
    if (first !== undefined) byFirst.set(first, { name, first });
  }
  return [...byFirst.values()].sort((a, b) => a.first - b.first);
}

export const isPacked = (name: string): boolean => name.endsWith(".gz");

/** All of a packed segment's lines; undefined if it is damaged. */
export function unpack(path: string): Buffer | undefined {
  const packed = readFileSync(path);
  try {
    return gunzipSync(packed);
  } catch {
    return undefined;
  }
}

/** A segment's bytes as they were written; those of a damaged packed one as they lie there. */
export const bytesOf = (path: string): Buffer => (isPacked(path) ? unpack(path) : undefined) ?? readFileSync(path);
