import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import { limits, SUBPROTOCOL, WS_PATH } from "../../shared/protocol.ts";
import type { Clock } from "../../shared/time.ts";
import type { Engine } from "../engine/engine.ts";
import { openSession } from "./session.ts";

/** Takes WebSocket upgrades on the HTTP server; each becomes a session. `stop` tells every client that we restart. */
export function createWs({
  server,
  engine,
  clock,
  log,
  version,
}: {
  server: Server;
  engine: Engine;
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
    if (request.url?.split("?")[0] !== WS_PATH) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws) => {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
      const session = openSession({
        ws,
        socket,
        engine,
        clock,
        log,
        version,
        bearer,
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
