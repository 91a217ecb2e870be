import { chmodSync, lstatSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { DaemonOptions } from "./options.ts";

/** The daemon can't listen where it was told to; the message says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

type Where = Pick<DaemonOptions, "listen" | "tls" | "inTheClear" | "socket">;

/** Where the daemon is reached. */
export interface Address {
  host: string;
  port: number;
  url: string;
}

export const addressOf = ({ listen: { host, port }, tls }: Pick<Where, "listen" | "tls">): Address => ({
  host,
  port,
  url: urlOf({ listen: { host, port }, tls }),
});

/** Listens, and resolves with where that is: port 0 takes a free one. */
export async function listen(http: FastifyInstance, where: Where, log: Logger): Promise<Address> {
  const { host, port } = where.listen;
  try {
    const file = where.socket && createFileListener(http, where.socket);
    await http.listen({ host, port });
    await file?.listen();
  } catch (error) {
    await http.close();
    throw error instanceof ListenError ? error : listenError(error as NodeJS.ErrnoException, host, port);
  }
  const { inTheClear: consent } = where;
  if (consent !== undefined)
    log.warn(
      { host, consent },
      consent.startsWith("API_")
        ? "listening beyond this machine without TLS, as API_HOST is taken to allow: tokens cross the network in the clear. Give --tls-cert and --tls-key, or say --insecure-http"
        : "listening beyond this machine without TLS: tokens cross the network in the clear",
    );
  return addressOf({ ...where, listen: { host, port: (http.server.address() as AddressInfo).port } });
}

/** What health says of it. */
export const listeningHealth = ({ tls, inTheClear, socket }: Where, { host, port }: Address) => ({
  status: "ok" as const,
  detail: [
    `${host}:${port} ${tls ? "with TLS" : "without TLS"}`,
    ...(inTheClear === undefined ? [] : [`tokens cross the network in the clear, as ${inTheClear} allows`]),
    ...(socket ? ["a Unix socket"] : []),
  ].join(", "),
});

/**
 * A further way to the same server: what connects there is handed to it. Who may is the file's mode, so it is there from
 * the first instant; what lies there from a daemon that was killed is replaced, nothing else is.
 */
function createFileListener(http: FastifyInstance, { path, mode }: NonNullable<Where["socket"]>) {
  // Of a server with TLS, what has been through that: the kernel says here who is at the other end.
  const event = http.server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection";
  const server = createServer((socket) => void http.server.emit(event, socket));
  http.addHook("onClose", () => void server.close());
  return {
    async listen(): Promise<void> {
      await clearTheWay(path);
      await bind(server, path, mode);
    },
  };
}

function bind(server: Server, path: string, mode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new ListenError(`socket.path: can't listen on ${path} (${error.code}): choose another`, { cause: error })),
    );
    // Node makes it before it returns.
    const before = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(before);
    chmodSync(path, mode);
  });
}

async function clearTheWay(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isSocket())
    throw new ListenError(`socket.path: ${path} is there, and no socket: move it away, or choose another`);
  if (await isLive(path))
    throw new ListenError(`socket.path: another program listens on ${path}: stop that one, or choose another`);
  rmSync(path);
}

const isLive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => (socket.destroy(), resolve(true)));
    // One that is live and not ours refuses us in another way than one that nobody listens on any more.
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED"));
  });

function urlOf({ listen: { host, port }, tls }: Pick<Where, "listen" | "tls">): string {
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
    reasons[error.code ?? ""] ??
      `can't listen on ${host}:${port} (${error.code ?? "unknown error"}). Choose another address with --listen.`,
    { cause: error },
  );
}
