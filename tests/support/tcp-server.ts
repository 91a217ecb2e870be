import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface TcpServer {
  port: number;
  /** Resolves when somebody has connected, and when that one has gone again. */
  connected: Promise<void>;
  gone: Promise<void>;
}

/** A local server that does with a connection what it is told to, until the test is over. */
export const startTcpServer = (serve: (socket: Socket) => void = () => {}): Promise<TcpServer> =>
  startServer(createServer(), "connection", serve);

/** The same for a server of any kind. */
export async function startServer(
  server: Server,
  event: "connection" | "secureConnection",
  serve: (socket: Socket) => void,
): Promise<TcpServer> {
  const connected = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => gone.resolve());
    // Whoever doesn't read never learns of an end.
    if (event === "connection") socket.resume();
    connected.resolve();
  });
  server.on(event, serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  });
  return { port: (server.address() as AddressInfo).port, connected: connected.promise, gone: gone.promise };
}
