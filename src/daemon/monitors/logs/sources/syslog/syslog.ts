import path from "node:path";
import { defineSource } from "../define-source.ts";
import { SourceFault } from "../source.ts";
import { readSpool } from "./read-spool.ts";
import { spoolCursor } from "./spool.ts";
import { takenSchema } from "./takers.ts";

/** What was received for it by receiver.ts, which put it into the spool. */
export const syslog = defineSource({
  type: "syslog",
  options: takenSchema,
  cursor: spoolCursor,
  title: ({ senders, hosts }) => `syslog from ${[...senders, ...hosts].join(", ")}`,
  collect(request) {
    const { spool } = request.means;
    if (!spool) throw new SourceFault("open", "nothing listens for syslog: set a port (setting logs, syslog)");
    return readSpool(path.join(spool.folder, spool.source), request);
  },
});
