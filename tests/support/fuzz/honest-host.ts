import { once } from "node:events";
import { WebSocket } from "ws";

/** A host that posts its heartbeats all the while, and counts how they are taken. */
export async function startHonestHost(url: string, token: string, host: string, everyMs = 50) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/ws`, "sentinel.v1");
  const waiting = new Map<number, number>();
  const seen = { acked: 0, slowestMs: 0, refused: "" };
  let next = 0;
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "hello", token, client: "honest/1" }));
  await once(socket, "message");
  socket.on("message", (data: Buffer) => {
    const { type, id, message } = JSON.parse(data.toString()) as { type: string; id: number; message?: string };
    const sentAt = waiting.get(id);
    if (sentAt === undefined) return;
    waiting.delete(id);
    if (type !== "ack") seen.refused = message ?? type;
    seen.acked++;
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - sentAt);
  });
  socket.on("close", (code) => (seen.refused ||= `closed with ${code}`));
  socket.on("error", () => undefined);
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    waiting.set(next, performance.now());
    socket.send(JSON.stringify({ type: "heartbeat", id: next++, host }));
  }, everyMs);
  return {
    seen,
    waiting: () => waiting.size,
    stop(): void {
      clearInterval(timer);
      socket.removeAllListeners("close");
      socket.terminate();
    },
  };
}
