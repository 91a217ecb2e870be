import { allowed, type RouteAccess } from "../../shared/api/access.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Caller } from "../domain/decision.ts";
import type { StateReader } from "../domain/state.ts";

type Asked = Exclude<RouteAccess, "link" | "ping">;

const isAllowed = ({ role }: Caller, access: Asked): boolean =>
  (allowed[access] as readonly Caller["role"][]).includes(role);

/** May this caller use what asks for `access`? Of `host`, the host in the arguments counts. */
export function refuseAccess(caller: Caller, access: Asked, args: unknown, state: StateReader): Refusal | undefined {
  if (access === "host") return refuseHost(caller, args, state);
  if (isAllowed(caller, access)) return undefined;
  if (caller.role === "public")
    return refuse("unauthorized", "give a token that is known here: Authorization: Bearer, or X-API-Key");
  return refuse("forbidden", `this takes the role ${access}; the token has ${caller.role}`);
}

function refuseHost(caller: Caller, args: unknown, state: StateReader): Refusal | undefined {
  const host = (args as { host?: unknown } | undefined)?.host;
  // Clients of the predecessor tell an unknown host (404) from a wrong token (401).
  if (typeof host === "string" && !state.get("host", host))
    return refuse("not_found", "there is no such host here; `sentinel host add` registers one");
  // A host's token without a host is a ping key: it speaks for all of them.
  const isOwn = caller.role !== "host" || (caller.host ?? host) === host;
  return isAllowed(caller, "host") && isOwn ? undefined : refuse("unauthorized", "give this host's own token");
}

/** The address that somebody asks from, for the audit: an IPv4 one is written as such on a dual-stack socket, too. */
export const addressOf = (remote: string | undefined): string =>
  remote ? remote.replace(/^::ffff:(?=\d+\.)/, "") : "unix";
