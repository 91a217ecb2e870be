import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { SUBPROTOCOL, WS_PATH } from "../../src/shared/protocol.ts";

type Frame = Record<string, unknown>;

/** The daemon's end of one connection: frames are read one by one and answered by the test. */
export interface Peer {
  ws: WebSocket;
  /** The next frame that the client sends. */
  next(): Promise<Frame>;
  send(frame: Frame): void;
  /** Reads `hello` and answers it. */
  welcome(frame?: Frame): Promise<Frame>;
}

export interface ScriptedDaemon {
  url: string;
  /** The next connection. */
  accept(): Promise<Peer>;
  stop(): Promise<void>;
}

/** A first-in first-out meeting point of what came and who waits for it. */
function mailbox<T>(): { put(item: T): void; take(): Promise<T> } {
  const items: T[] = [];
  const takers: ((item: T) => void)[] = [];
  return {
    put(item) {
      const taker = takers.shift();
      if (taker) taker(item);
      else items.push(item);
    },
    take() {
      const item = items.shift();
      return item === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(item);
    },
  };
}

function toPeer(ws: WebSocket): Peer {
  const frames = mailbox<Frame>();
  ws.on("message", (data) => frames.put(JSON.parse((data as Buffer).toString()) as Frame));
  const send = (frame: Frame): void => ws.send(JSON.stringify(frame));
  async function welcome(frame: Frame = {}): Promise<Frame> {
    const hello = await frames.take();
    send({ type: "welcome", version: "0.1.0", instance: "one", role: "admin", rev: 0, now: 0, ...frame });
    return hello;
  }
  return { ws, next: frames.take, send, welcome };
}

/** A WebSocket server on loopback whose every word comes from the test. */
export async function startScriptedDaemon(port = 0): Promise<ScriptedDaemon> {
  const server = new WebSocketServer({ port, host: "127.0.0.1", path: WS_PATH, handleProtocols: () => SUBPROTOCOL });
  const peers = mailbox<Peer>();
  server.on("connection", (ws) => peers.put(toPeer(ws)));
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;
  async function stop(): Promise<void> {
    for (const ws of server.clients) ws.terminate();
    await new Promise((resolve) => server.close(resolve));
  }
  return { url: `http://127.0.0.1:${bound}`, accept: peers.take, stop };
}
