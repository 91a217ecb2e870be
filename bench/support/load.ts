import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";

export interface Target {
  port: number;
  token: string;
  hosts: string[];
  /** It is spoken to over TLS, and whoever it says it is believed. */
  tls?: unknown;
}

// Enough at once that the disk's latency is shared, as many hosts' heartbeats are: the same load for both servers.
const HTTP_SOCKETS = 256;
const WS_SOCKETS = 64;
const WS_IN_FLIGHT = 16;
const body = '{"metrics":{"load1":0.42,"memoryUsedPercent":37.5}}';

/** Posts over keep-alive connections, one request at a time on each, for `spanMs`; returns answers a second. */
export async function loadHttp({ port, token, hosts, tls }: Target, spanMs: number): Promise<number> {
  let answered = 0;
  let running = true;
  const sockets = await Promise.all(
    Array.from({ length: HTTP_SOCKETS }, async (_, i) => {
      const address = { port, host: "127.0.0.1", rejectUnauthorized: false };
      const socket = tls ? connectTls(address) : connect(address);
      await once(socket, tls ? "secureConnect" : "connect");
      const request = `POST /api/v1/heartbeat/${hosts[i % hosts.length]} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      socket.on("data", (data) => {
        if (!data.toString("latin1").startsWith("HTTP/1.1 200"))
          throw new Error(`unexpected answer: ${data.toString().slice(0, 200)}`);
        answered++;
        if (running) socket.write(request);
      });
      socket.write(request);
      return socket;
    }),
  );
  const rate = await measured(spanMs, () => answered);
  running = false;
  for (const socket of sockets) socket.destroy();
  return rate;
}

/** Sends heartbeat frames, a few unanswered at a time on each connection, for `spanMs`; returns acks a second. */
export async function loadWs({ port, token, hosts }: Target, spanMs: number): Promise<number> {
  let answered = 0;
  let running = true;
  const sockets = await Promise.all(
    Array.from({ length: WS_SOCKETS }, async (_, i) => {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws`, "sentinel.v1", { perMessageDeflate: false });
      await once(ws, "open");
      ws.send(JSON.stringify({ type: "hello", token, client: "bench/1" }));
      await once(ws, "message");
      const frame = `{"type":"heartbeat","id":${i},"host":"${hosts[i % hosts.length]}",${body.slice(1)}`;
      ws.on("message", (data) => {
        if (!(data as Buffer).toString().startsWith('{"type":"ack"'))
          throw new Error(`unexpected answer: ${(data as Buffer).toString().slice(0, 200)}`);
        answered++;
        if (running) ws.send(frame);
      });
      for (let n = 0; n < WS_IN_FLIGHT; n++) ws.send(frame);
      return ws;
    }),
  );
  const rate = await measured(spanMs, () => answered);
  running = false;
  for (const ws of sockets) ws.terminate();
  return rate;
}

async function measured(spanMs: number, count: () => number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, spanMs / 4)); // warm
  const [from, before] = [performance.now(), count()];
  await new Promise((resolve) => setTimeout(resolve, spanMs));
  return ((count() - before) * 1000) / (performance.now() - from);
}
