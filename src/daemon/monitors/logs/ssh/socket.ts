import { lookup as systemLookup } from "node:dns/promises";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { codeIn } from "../../../../shared/error-code.ts";
import { SECOND } from "../../../../shared/time.ts";
import { SshFault } from "./fault.ts";
import { serverName, type SshServer } from "./target.ts";

export type Lookup = (host: string) => Promise<LookupAddress[]>;

export const lookUp: Lookup = (host) => systemLookup(host, { all: true });

/** The addresses of a server. */
export async function resolve(server: SshServer, lookup: Lookup): Promise<LookupAddress[]> {
  try {
    return await lookup(server.host);
  } catch (error) {
    const unknown = codeIn(error) === "ENOTFOUND";
    const why = unknown ? "is unknown: see how it is written" : `can't be looked up just now (${codeIn(error)})`;
    throw new SshFault("resolve", "unknown-name", `the name ${server.host} ${why}`, error);
  }
}

/** A connection to the first of the addresses that takes one. */
export async function open(server: SshServer, addresses: LookupAddress[], signal: AbortSignal): Promise<Socket> {
  const socket = connect({
    host: server.host,
    port: server.port,
    lookup: (_, __, done) => done(null, addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 3 * SECOND,
    noDelay: true,
    signal,
  });
  // Told below while it connects; later `ssh2` listens itself.
  socket.on("error", () => {});
  try {
    await once(socket, "connect");
    return socket;
  } catch (error) {
    socket.destroy();
    throw connectFault(serverName(server), codeIn(error) ?? "", error);
  }
}

function connectFault(who: string, code: string, cause: unknown): SshFault {
  if (code === "ECONNREFUSED") {
    return new SshFault(
      "connect",
      "refused",
      `${who} refuses: see whether its SSH server runs, and on that port`,
      cause,
    );
  }
  const what = /^E(HOST|NET)UNREACH$/.test(code) ? "there is no way to it" : `it can't be reached`;
  return new SshFault("connect", "unreachable", `${who}: ${what} (${code || "no reason given"})`, cause);
}
