import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, isIPv6 } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { createServer as createTlsServer } from "node:tls";
import { codeIn } from "../../../../../shared/error-code.ts";
import { HOUR, MINUTE, SECOND } from "../../../../../shared/time.ts";
import { createFrameReader, textOf } from "./frames.ts";
import { createIntake, type IntakeOptions, type TakingSource } from "./intake.ts";
import { plainAddress } from "./takers.ts";

/** So many connections at once, and of one sender. */
const CONNECTIONS = { all: 256, each: 32 };
/** Who says nothing for so long has to connect anew; whether it is still there is asked meanwhile. */
const IDLE_MS = HOUR;

/** What the kernel holds of datagrams until they are read, if it allows as much. */
const RECEIVE_BYTES = 4 << 20;

/** Where to listen; a port of 0 is any that is free. */
export interface SyslogListen {
  address?: string | undefined;
  udp?: number | undefined;
  tcp?: number | undefined;
  tls?: number | undefined;
}

export interface ReceiverOptions extends IntakeOptions {
  /** PEM files of the certificate for TLS. */
  tls?: { certFile: string; keyFile: string } | undefined;
  idleMs?: number;
}

export interface Receiver {
  /** Listens there, and nowhere else any more. What can't be listened on is told by `health`. */
  listen(where: SyslogListen): Promise<void>;
  use(sources: readonly TakingSource[]): Promise<void>;
  /** Where it listens. */
  ports(): { udp?: number; tcp?: number; tls?: number };
  health(): { status: "ok" | "degraded"; detail: string };
  stop(): Promise<void>;
}

type Way = "udp" | "tcp" | "tls";
interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Receives syslog (RFC 5424 and 3164) over UDP (5426), TCP (6587) and TLS (5425) for the sources that take it. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { tls, idleMs = IDLE_MS } = options;
  const intake = createIntake(options);
  const sockets = new Map<Socket, string>();
  const open = new Map<Way, Listening>();
  let troubles: string[] = [];

  function serve(socket: Socket): void {
    const sender = plainAddress(socket.remoteAddress);
    const same = [...sockets.values()].filter((other) => other === sender).length;
    socket.on("error", () => socket.destroy());
    if (!intake.isWelcome(sender) || same >= CONNECTIONS.each || sockets.size >= CONNECTIONS.all) {
      // Counted, so that somebody who should be welcome is found.
      intake.turnAway(sender);
      socket.destroy();
      return;
    }
    sockets.set(socket, sender);
    const frames = createFrameReader();
    socket.setKeepAlive(true, MINUTE).setTimeout(idleMs, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      const messages = frames.push(chunk);
      if (!messages) socket.destroy();
      for (const message of messages ?? []) intake.take(sender, message);
    });
    socket.on("close", () => sockets.delete(socket));
  }

  async function openUdp(port: number, address: string | undefined): Promise<Listening> {
    // Both families, where the machine has both.
    const isSix =
      address === undefined
        ? Object.values(networkInterfaces())
            .flat()
            .some((one) => one?.family === "IPv6")
        : isIPv6(address);
    const socket = createSocket({ type: isSix ? "udp6" : "udp4", recvBufferSize: RECEIVE_BYTES });
    socket.on("message", (message, from) => {
      const text = textOf(message);
      if (text !== "") intake.take(plainAddress(from.address), text);
    });
    socket.bind(port, address);
    await once(socket, "listening");
    socket.on("error", options.onFault);
    return { port: socket.address().port, close: () => new Promise((resolve) => socket.close(() => resolve())) };
  }

  async function openStream(server: Server, port: number, address: string | undefined): Promise<Listening> {
    // Those too that haven't got through their handshake.
    const connected = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      connected.add(socket);
      socket.on("close", () => connected.delete(socket));
    });
    server.listen(port, address);
    await once(server, "listening");
    server.on("error", options.onFault);
    return {
      port: (server.address() as AddressInfo).port,
      async close() {
        const closed = once(server, "close");
        server.close();
        for (const socket of connected) socket.destroy();
        await closed;
      },
    };
  }

  async function openTls(port: number, address: string | undefined): Promise<Listening> {
    if (!tls) throw new Error("it needs a certificate: set tls.certFile and tls.keyFile");
    const [cert, key] = await Promise.all([readFile(tls.certFile), readFile(tls.keyFile)]);
    const server = createTlsServer({ cert, key, minVersion: "TLSv1.2", handshakeTimeout: 10 * SECOND }, serve);
    // Before the handshake is done nobody else counts them.
    server.maxConnections = CONNECTIONS.all;
    server.on("tlsClientError", (_, socket) => socket.destroy());
    return openStream(server, port, address);
  }

  async function close(): Promise<void> {
    await Promise.all([...open.values()].map((one) => one.close()));
    open.clear();
  }

  return {
    use: intake.use,
    async listen({ address, ...ports }) {
      await close();
      troubles = [];
      const ways = {
        udp: openUdp,
        tcp: (port: number) => openStream(createServer(serve), port, address),
        tls: openTls,
      };
      for (const way of ["udp", "tcp", "tls"] as const) {
        const port = ports[way];
        if (port === undefined) continue;
        try {
          open.set(way, await ways[way](port, address));
        } catch (error) {
          troubles.push(`syslog over ${way.toUpperCase()} isn't received: ${whyNot(error, port)}`);
        }
      }
    },
    ports: () => Object.fromEntries([...open].map(([way, { port }]) => [way, port])),
    health() {
      const trouble = troubles[0] ?? intake.trouble();
      if (trouble !== undefined) return { status: "degraded", detail: trouble };
      if (open.size === 0) return { status: "ok", detail: "nothing listens for syslog" };
      const { count, last } = intake.ignored();
      const where = [...open].map(([way, { port }]) => `${way.toUpperCase()} ${port}`).join(", ");
      const others = count === 0 ? "" : `; ${count} messages that no source takes, the last from ${last}`;
      return { status: "ok", detail: `syslog is received on ${where}${others}` };
    },
    async stop() {
      await close();
      await intake.end();
    },
  };
}

function whyNot(error: unknown, port: number): string {
  const code = codeIn(error);
  if (code === undefined) return (error as Error).message;
  const known: Record<string, string> = {
    EACCES: `port ${port} is for the administrator alone: take one from 1024 on, or give the daemon CAP_NET_BIND_SERVICE`,
    EADDRINUSE: `port ${port} is taken: stop what listens there (rsyslog?), or take another`,
    EADDRNOTAVAIL: "this machine hasn't that address",
    ENOENT: "the certificate's files aren't there",
  };
  return known[code] ?? `failed (${code})`;
}
