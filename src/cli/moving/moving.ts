import { readFileSync, statSync } from "node:fs";
import { refuseInvalid } from "../../shared/errors.ts";
import { ImportError } from "../importing.ts";
import { fromHealthchecks, healthchecksExport } from "./healthchecks.ts";
import { fromKuma, kumaBackup } from "./kuma.ts";
import type { Moved } from "./moved.ts";
import { findPredecessor, fromPredecessor } from "./predecessor.ts";

/** What another monitor left, in its own form, with the database that holds its past; undefined if it is none of those that are known. Throws ImportError. */
export function movedFrom(file: string): { from: string; moved: Moved[]; past?: string | undefined } | undefined {
  if (file === "-") return undefined;
  const predecessor = findPredecessor(file);
  if (predecessor) {
    const { database: past } = predecessor;
    return { from: "the predecessor", moved: fromPredecessor(predecessor), past };
  }
  if (statSync(file).isDirectory())
    throw new ImportError("there is no database, hosts.yaml or .env of the predecessor in this folder");
  const document = jsonIn(readFileSync(file, "utf8"));
  if (has(document, "checks"))
    return { from: "healthchecks", moved: fromHealthchecks(checked(healthchecksExport, document)) };
  if (has(document, "monitorList")) return { from: "Uptime Kuma", moved: fromKuma(checked(kumaBackup, document)) };
  return undefined;
}

/** One JSON document; JSON lines are none. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const has = (document: unknown, name: string): boolean =>
  typeof document === "object" && document !== null && name in document;

function checked<T>(
  schema: { safeParse(value: unknown): { success: boolean; data?: T; error?: Parameters<typeof refuseInvalid>[0] } },
  document: unknown,
): T {
  const { success, data, error } = schema.safeParse(document);
  if (!success || data === undefined) throw new ImportError(error ? refuseInvalid(error).message : "it can't be read");
  return data;
}
