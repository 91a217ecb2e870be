import { z } from "zod";
import { instant } from "../model.ts";
import { command } from "./command.ts";

/** What encrypts the secrets in a backup. */
export const passphrase = z.string().min(8, "use at least 8 characters").max(1024);

const path = "/api/v1/backups";
const view = z.object({
  name: z.string(),
  at: instant,
  /** The newest revision in it. */
  rev: z.number(),
  sizeBytes: z.number(),
  /** Made by itself, and removed again when enough newer ones are there. */
  daily: z.boolean(),
});

export const backupMake = command({
  name: "backup.make",
  summary:
    "Copy the data into one file in the data folder's backups, while all goes on. Secrets are in it only behind a passphrase: the one given, or that of the daemon's environment.",
  access: "admin",
  // It commits nothing, and so the passphrase is never kept for a repeat.
  effect: "read",
  args: z.object({ passphrase: passphrase.optional() }),
  result: view.extend({ path: z.string(), secrets: z.enum(["encrypted", "left out"]) }),
  rest: { methods: ["POST"], path, status: 201, body: z.object({ passphrase: passphrase.optional() }).nullish() },
});

export const backupList = command({
  name: "backup.list",
  summary: "List the backups in the data folder, the newest first.",
  access: "admin",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(view) }),
  rest: { methods: ["GET"], path, status: 200 },
  cli: {
    table: { items: "items", columns: ["name", "at", "rev", "sizeBytes", "daily"] },
    example: "sentinel backup list",
  },
});
