import { readdir } from "node:fs/promises";
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
