import { z } from "zod";
import { defineSource } from "../define-source.ts";
import { followJournal, journalCursor, journalOptions } from "../journal-cursor.ts";
import { localRun } from "./local-run.ts";

/** The journal of this machine. */
export const journal = defineSource({
  type: "journal",
  options: z.strictObject(journalOptions),
  cursor: journalCursor,
  title: ({ units }) => (units.length > 0 ? `journal of ${units.join(", ")}` : "journal"),
  collect: (request) => followJournal(localRun, request),
});
