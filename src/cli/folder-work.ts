import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { CliFailure, statuses } from "./failure.ts";

/** Files made by another user than the daemon's would keep it from starting. */
export function assertOwner(folder: string): void {
  if (!existsSync(folder)) return;
  const { uid } = statSync(folder);
  if (process.getuid && uid !== process.getuid())
    throw new CliFailure(statuses.forbidden, `${folder} belongs to another user (${uid}): run this as that user`);
}

/** Work on a folder that was never one of ours is a mistyped name. */
export function assertData(folder: string): void {
  if (existsSync(path.join(folder, "journal")) || existsSync(path.join(folder, "db.json"))) return;
  throw new CliFailure(statuses.config, `there is no data in ${folder}: name the data folder with --data`);
}

export const isHeld = (error: unknown): boolean =>
  error instanceof Error && error.name === "StoreOpenError" && (error as { code?: string }).code === "held";

const expected = new Set(["StoreOpenError", "StoreUnavailable", "RestoreRefused"]);

/** Runs work on a data folder; what was to be expected comes out as a sentence. */
export async function onFolder<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!expected.has(error.name) && !/^E[A-Z0-9]+$/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new CliFailure(statuses.failed, error.message, { cause: error });
  }
}
