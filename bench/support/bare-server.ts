/** The least that could do the same: a server that parses and answers, keeping nothing. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const said = JSON.parse(Buffer.concat(chunks).toString()) as { status?: string };
    const answer = JSON.stringify({
      message: "Heartbeat received",
      host_id: "web01",
      timestamp: new Date().toISOString(),
      status: said.status ?? "up",
    });
    response
      .writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(answer),
      })
      .end(answer);
  });
});

new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (ws) => {
  ws.on("message", (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as { type: string; id?: number };
    ws.send(
      JSON.stringify(
        frame.type === "hello"
          ? { type: "welcome" }
          : { type: "ack", id: frame.id, rev: 1, periodMs: 60_000, dueAt: Date.now() + 60_000 },
      ),
    );
  });
});

server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as AddressInfo).port}`));
