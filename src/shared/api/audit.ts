import { z } from "zod";
import { instant } from "../model.ts";
import { command } from "./command.ts";

const cursor = z.string().regex(/^\d{1,6}-\d{1,16}$/, "give what the list before ended with");
const word = z.string().min(1).max(128);

/** What one command changed. Of a change that touched more, the first are named and the others counted. */
const auditItem = z.object({
  rev: z.number(),
  at: instant,
  /** The token's name, or what the person called themselves behind a signed link. */
  by: z.string(),
  /** The token's id, as two may have the same name; none of the configured key and of a link. */
  token: z.string().optional(),
  /** The address it came from. */
  from: z.string().optional(),
  /** Unknown of what was done before the journal kept it. */
  command: z.string().optional(),
  changes: z.array(z.object({ kind: z.string(), id: z.string(), action: z.enum(["set", "removed"]) })),
  more: z.number().optional(),
});
export type AuditItem = z.infer<typeof auditItem>;

export const auditList = command({
  name: "audit.list",
  summary: "What people and tokens have changed, newest first: who, when, from where, by which command.",
  access: "admin",
  effect: "read",
  args: z.object({
    from: instant.optional(),
    to: instant.optional(),
    /** A token's name or id. */
    by: word.optional(),
    /** The id of what was changed, or the host that it belongs to. */
    about: word.optional(),
    command: word.optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: cursor.optional(),
  }),
  result: z.object({ items: z.array(auditItem), next: cursor.optional() }),
  rest: { methods: ["GET"], path: "/api/v1/audit", status: 200 },
  cli: {
    table: { items: "items", columns: ["at", "by", "from", "command", "changes", "more"] },
    example: "sentinel audit list --by ada --from=-7d",
  },
});
