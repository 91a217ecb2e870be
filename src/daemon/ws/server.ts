import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import { limits, SUBPROTOCOL, WS_PATH } from "../../shared/protocol.ts";
import type { Clock } from "../../shared/time.ts";
import type { Door } from "../door/door.ts";
import type { Engine } from "../engine/engine.ts";
import { openSession } from "./session.ts";

/** Takes WebSocket upgrades on the HTTP server; each becomes a session. `stop` tells every client that we restart. */
export function createWs({
  server,
  engine,
  door,
  clock,
  log,
  version,
}: {
  server: Server;
  engine: Engine;
  door: Door;
  clock: Clock;
  log: Logger;
  version: string;
}): { stop(): void } {
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: 4 * limits.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const sessions = new Set<{ close(): void }>();

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url?.split("?")[0] !== WS_PATH) return turnAway(socket, "404 Not Found");
    if (!door.admitsPage(request)) return turnAway(socket, "403 Forbidden");
    wss.handleUpgrade(request, socket, head, (ws) => {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
      const session = openSession({
        ws,
        socket: request.socket,
        door,
        engine,
        clock,
        log,
        version,
        bearer,
        from: door.clientOf(request),
        onClose: () => sessions.delete(session),
      });
      sessions.add(session);
    });
  }

  server.on("upgrade", upgrade);
  return {
    stop() {
      server.off("upgrade", upgrade);
      for (const session of sessions) session.close();
      wss.close();
    },
  };
}

/** Ends a connection that isn't to become a WebSocket, whether or not its other end listens. */
function turnAway(socket: Duplex, status: string): void {
  socket.on("error", () => undefined);
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
