import { z } from "zod";
import { bulkFolders } from "../store/json/names.ts";

export const BACKUP_FORMAT = 1;

/** How the secrets fare in a backup, in words for whoever unpacks one by hand. */
export const withSecrets = "encrypted with the backup's passphrase";
export const withoutSecrets =
  "not in this backup, as it was made without a passphrase: webhook addresses and the like must be given again";

/** What a backup says of itself: its first member. */
export const manifestSchema = z.object({
  format: z.int(),
  /** Of the program that made it. */
  version: z.string(),
  /** Whose history of revisions it is. */
  instance: z.string(),
  /** The newest revision in it. */
  rev: z.int().nonnegative(),
  /** When it was made, UTC epoch milliseconds. */
  at: z.int(),
  secrets: z.enum([withSecrets, withoutSecrets]),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What the members of a backup are called: as in the data folder, but for the first two. */
export const memberNames = { manifest: "manifest.json", secrets: "secrets.box" } as const;
const part = "/[a-z0-9][a-z0-9._-]{0,127}";
/** Nothing else is unpacked. */
export const memberPattern = new RegExp(
  `^(manifest\\.json|secrets\\.box|db(\\.prev)?\\.json|journal/\\d{16}\\.ndjson(\\.gz)?|(${bulkFolders.join("|")})(${part}){1,3})$`,
);
