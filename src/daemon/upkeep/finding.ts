import type { StoreFiles } from "../store/json/files.ts";
import type { Names } from "../store/json/names.ts";
import type { Migration } from "../store/json/upgrade.ts";

/** One thing that was looked at. What was repaired is told with what was lost by it. */
export interface Finding {
  check: "lock" | "restore" | "format" | "permissions" | "snapshots" | "journal" | "state" | "secrets" | "blobs";
  result: "ok" | "problem" | "repaired";
  detail: string;
}

export interface ExamineOptions {
  folder: string;
  now: number;
  /** Mend what can be mended. Nothing is deleted: what is taken out goes into `before-repair-…`. */
  repair: boolean;
  newInstance(): string;
  files?: StoreFiles;
  /** How data of older formats is brought up, where a test has its own. */
  migrations?: readonly Migration[] | undefined;
}

/** What each check is given. */
export interface Examination extends ExamineOptions {
  where: Names;
  files: StoreFiles;
  /** Makes the folder for what is taken out, when there is something. */
  aside(): Promise<string>;
}

/** A few of many names. */
export const some = (all: readonly string[]): string =>
  all.length > 5 ? `${all.slice(0, 5).join(", ")} and ${all.length - 5} more` : all.join(", ");
