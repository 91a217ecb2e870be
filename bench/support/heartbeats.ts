import { once } from "node:events";
import { WebSocket } from "ws";
import { SECOND } from "../../src/shared/time.ts";
import type { Server } from "./servers.ts";

const STEP_MS = 10;

/** Each of so many hosts reports by turns, evenly over each second, until what it returns is called. */
export async function sendHeartbeats({ port, token }: Server, hosts: number, perSecond: number): Promise<() => void> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws`, "sentinel.v1", { perMessageDeflate: false });
  await once(ws, "open");
  ws.send(JSON.stringify({ type: "hello", token, client: "bench/1" }));
  await once(ws, "message");
  let next = 0;
  let unanswered = 0;
  const from = performance.now();
  ws.on("message", () => unanswered--);
  const timer = setInterval(() => {
    for (; next < ((performance.now() - from) * perSecond) / SECOND && unanswered < 64; next++) {
      unanswered++;
      ws.send(`{"type":"heartbeat","id":1,"host":"host-${(next * 7) % hosts}","metrics":{"load1":0.42}}`);
    }
  }, STEP_MS);
  return () => (clearInterval(timer), ws.close());
}
