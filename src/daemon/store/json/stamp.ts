import { SECOND } from "../../../shared/time.ts";
import { isThere } from "./is-there.ts";

/** An instant for the name of a file or folder: `20261123T031700Z`, so that names sort as times do. */
export const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");

/** The instant of such a stamp. */
export const instantOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** The stamp of `at`, or of the first second after it whose path isn't taken: nothing put aside may be overwritten. */
export async function freeStamp(at: number, pathOf: (stamp: string) => string): Promise<string> {
  for (let time = at; ; time += SECOND) if (!(await isThere(pathOf(stamp(time))))) return stamp(time);
}
