import { borrow } from "../../ssh/borrow.ts";
import { runLine } from "../../ssh/run.ts";
import { shellLine } from "../../ssh/shell-words.ts";
import { sshTargetSchema, whoAt } from "../../ssh/target.ts";
import { defineSource } from "../define-source.ts";
import { followJournal, journalCursor, journalOptions } from "../journal-cursor.ts";
import type { Run } from "../source.ts";

/** Another machine's journal, by its own journalctl. */
export const sshJournal = defineSource({
  type: "ssh-journal",
  options: sshTargetSchema.extend(journalOptions),
  cursor: journalCursor,
  title: (options) => `journal of ${whoAt(options)}`,
  collect: (request) =>
    borrow(request, (connection) => {
      const run: Run = (command, { signal, onOutput }) =>
        runLine(connection, shellLine(command), onOutput, { signal, clock: request.clock });
      return followJournal(run, request);
    }),
});
