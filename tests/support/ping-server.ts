import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

interface HeardPing {
  method: string;
  /** Path and query. */
  url: string;
  body: string;
}

export interface PingServer {
  /** Its ping URL; the last part is the secret. */
  url: string;
  secret: string;
  heard: HeardPing[];
}

const secret = "3f1b2c4d-0000-4000-8000-5ec7e75ec7e7";

/** Something that takes pings and answers with the given statuses in turn, the last of them for good. */
export async function startPingServer(
  statuses: readonly number[] = [200],
  onPing: (ping: HeardPing) => void = () => {},
): Promise<PingServer> {
  const heard: HeardPing[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const ping = { method: request.method ?? "", url: request.url ?? "", body: Buffer.concat(chunks).toString() };
      heard.push(ping);
      onPing(ping);
      response.writeHead(statuses[Math.min(heard.length, statuses.length) - 1] ?? 200).end("OK");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/ping/${secret}`, secret, heard };
}
