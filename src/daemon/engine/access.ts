import type { Access } from "../../shared/api/command.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Caller } from "../domain/decision.ts";
import type { StateReader } from "../domain/state.ts";

const rank: Partial<Record<Caller["role"], number>> = { metrics: 1, viewer: 2, operator: 3, admin: 4, system: 5 };

/** May this caller use what asks for `access`? Everything is denied unless a row here says so. */
export function refuseAccess(
  caller: Caller,
  access: Access | "metrics",
  args: unknown,
  state: StateReader,
): Refusal | undefined {
  if (access === "public") return undefined;
  if (access === "host") return hostAccess(caller, args, state);
  if (caller.role === "public")
    return refuse("unauthorized", "give a token that is known here: Authorization: Bearer, or X-API-Key");
  const needed = rank[access] ?? Infinity;
  return (rank[caller.role] ?? 0) >= needed
    ? undefined
    : refuse("forbidden", `this takes the role ${access}; the token has ${caller.role}`);
}

function hostAccess(caller: Caller, args: unknown, state: StateReader): Refusal | undefined {
  const host = (args as { host?: unknown } | undefined)?.host;
  // Clients of the predecessor tell an unknown host (404) from a wrong token (401).
  if (typeof host === "string" && !state.get("host", host))
    return refuse("not_found", "there is no such host here; `sentinel host add` registers one");
  if ((rank[caller.role] ?? 0) >= (rank.operator ?? Infinity)) return undefined;
  // A host's token without a host is a ping key: it speaks for all of them.
  return caller.role === "host" && (caller.host ?? host) === host
    ? undefined
    : refuse("unauthorized", "give this host's own token");
}
