import { z } from "zod";
import { instant, prose, roles } from "../model.ts";
import { command } from "./command.ts";

const id = z.string().max(64);
const view = z.object({
  id,
  name: z.string(),
  role: z.enum(roles),
  host: z.string().optional(),
  createdAt: instant,
  expiresAt: instant.optional(),
  lastUsedAt: instant.optional(),
});

export const tokenAdd = command({
  name: "token.add",
  summary:
    "Make a token, shown this once. With the role host it is a ping key: it speaks for every host, and may create them.",
  access: "admin",
  effect: "write",
  secret: true,
  args: z.object({ name: prose(64).min(1), role: z.enum(roles), expiresAt: instant.optional() }),
  result: view.extend({ token: z.string() }),
  rest: { methods: ["POST"], path: "/api/v1/tokens", status: 201 },
  cli: { positionals: ["name"], example: "sentinel token add cron --role host" },
});

export const tokenList = command({
  name: "token.list",
  summary: "List the tokens with their last use, without their secrets.",
  access: "admin",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(view) }),
  rest: { methods: ["GET"], path: "/api/v1/tokens", status: 200 },
  cli: {
    table: { items: "items", columns: ["id", "name", "role", "host", "createdAt", "expiresAt", "lastUsedAt"] },
    example: "sentinel token list",
  },
});

export const tokenRevoke = command({
  name: "token.revoke",
  summary: "Make a token void at once.",
  access: "admin",
  effect: "write",
  args: z.object({ id }),
  result: z.object({ revoked: id }),
  rest: { methods: ["DELETE"], path: "/api/v1/tokens/{id}", status: 204 },
  cli: { positionals: ["id"], example: "sentinel token revoke t-…" },
});
