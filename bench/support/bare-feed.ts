/**
 * The least that could do the same for consoles: the same bytes, ready-made, to everyone who asks, and then to all five
 * times a second. Told how many by a message; another one is answered with the CPU time spent, in milliseconds.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const FRAME_BYTES = 256 * 1024;
const TICK_MS = 200;

let snapshotBytes = 0;
let changeBytes = 0;

function frameOf(bytes: number, more: boolean): Buffer {
  const beat = { kind: "beat", id: "host-1", rev: 1, value: { at: Date.now() } };
  const frame = { type: "changes", rev: 1, snapshot: true, more, upserts: [beat], removals: [], pad: "" };
  return Buffer.from(JSON.stringify({ ...frame, pad: "x".repeat(Math.max(0, bytes - 200)) }));
}

const server = createServer();
const wss = new WebSocketServer({ server, perMessageDeflate: false });
wss.on("connection", (ws) => {
  ws.on("message", (data: Buffer) => {
    if (data.includes("hello")) return ws.send('{"type":"welcome"}');
    for (let left = snapshotBytes; left > 0; left -= FRAME_BYTES)
      ws.send(frameOf(Math.min(left, FRAME_BYTES), left > FRAME_BYTES), { binary: false });
  });
});
setInterval(() => {
  if (changeBytes === 0) return;
  const frame = frameOf(changeBytes, false);
  for (const ws of wss.clients) ws.send(frame, { binary: false });
}, TICK_MS);

process.on("message", (told: { snapshotBytes: number; bytesPerSecond: number } | "cpu") => {
  if (told === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1_000);
  } else {
    snapshotBytes = told.snapshotBytes;
    changeBytes = (told.bytesPerSecond * TICK_MS) / 1_000;
  }
});

server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
