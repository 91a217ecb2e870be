import { readFileSync } from "node:fs";
import path from "node:path";
import { writePrivately } from "./contexts.ts";
import { configFolder } from "./installation.ts";

/** What the console keeps from one time to the next, by the daemon's name. */
export interface Keeper {
  /** `complaint` says why there is nothing, where there should be. */
  load(daemon: string): { kept?: unknown; complaint?: string };
  save(daemon: string, kept: unknown): void;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function read(file: string): Record<string, unknown> {
  try {
    const all: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isRecord(all)) throw new Error("it holds no object");
    return all;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** Keeps it in a file beside the contexts. It is a convenience: one that is damaged is told of, and written anew. */
export function createKeeper(file = path.join(configFolder(), "console.json")): Keeper {
  const all = (): Record<string, unknown> => {
    try {
      return read(file);
    } catch {
      return {};
    }
  };
  return {
    load(daemon) {
      try {
        return { kept: read(file)[daemon] };
      } catch (error) {
        return { complaint: `${file} can't be used (${(error as Error).message}): the console begins as new` };
      }
    },
    save(daemon, kept) {
      try {
        writePrivately(file, { ...all(), [daemon]: kept });
      } catch {
        // A home that can't be written to: the next console begins as new.
      }
    },
  };
}
