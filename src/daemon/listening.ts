import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { DaemonOptions } from "./options.ts";

/** The daemon can't listen where it was told to; the message says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

type Where = Pick<DaemonOptions, "listen" | "tls">;

/** Where the daemon is reached. */
export interface Address {
  host: string;
  port: number;
  url: string;
}

export const addressOf = ({ listen: { host, port }, tls }: Where): Address => ({
  host,
  port,
  url: urlOf({ listen: { host, port }, tls }),
});

/** Listens, and resolves with where that is: port 0 takes a free one. */
export async function listen(
  http: FastifyInstance,
  { listen: { host, port }, tls }: Where,
  log: Logger,
): Promise<Address> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    await http.close();
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  if (!isLoopback(host) && !tls)
    log.warn({ host }, "listening beyond this machine without TLS: tokens cross the network in the clear");
  return addressOf({ listen: { host, port: (http.server.address() as AddressInfo).port }, tls });
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);

function urlOf({ listen: { host, port }, tls }: Where): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${tls ? "https" : "http"}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${host} is taken by another program. Stop that one, or choose another with --listen ${host}:PORT.`,
    EACCES: `port ${port} needs privileges that this user doesn't have. Choose one above 1023 with --listen ${host}:PORT.`,
    EADDRNOTAVAIL: `this machine has no address ${host}. Choose one of its own with --listen.`,
  };
  return new ListenError(
    reasons[error.code ?? ""] ?? `can't listen on ${host}:${port} (${error.code ?? "unknown error"})`,
    { cause: error },
  );
}
