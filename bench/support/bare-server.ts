/** The least that could do the same: a server that parses and answers, keeping nothing; with TLS if it is given certificate and key. Prints its port. */
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const answer: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const said = JSON.parse(Buffer.concat(chunks).toString()) as { status?: string };
    const text = JSON.stringify({
      message: "Heartbeat received",
      host_id: "web01",
      timestamp: new Date().toISOString(),
      status: said.status ?? "up",
    });
    response
      .writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(text),
      })
      .end(text);
  });
};

const [certFile, keyFile] = process.argv.slice(2);
const server =
  certFile && keyFile
    ? createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, answer)
    : createServer(answer);

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
