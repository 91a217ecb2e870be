// What runs inside the lab: `lab-programs.ts dns ADDRESS…`, `web`, `portal`, `receiver FILE`, or `cable LOSS_PERCENT DELAY_MS TUNNEL`.
import { once } from "node:events";
import { appendFileSync, createReadStream, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import { text } from "node:stream/consumers";
import { openDnsServer } from "./dns-server.ts";
import type { Say } from "./dns-server.ts";
import { good } from "./signed-certificates.ts";

/** Every name is the web server's, but those that end in `.invalid`. */
const say: Say = ({ name, type }) => (name.endsWith(".invalid") ? "NXDOMAIN" : type === "A" ? ["203.0.113.80"] : []);

const web: RequestListener = ({ url }, response) => {
  if (url === "/generate_204") response.writeHead(204).end();
  else response.end(url === "/success.txt" ? "success\n" : "the internet\n");
};

const portal: RequestListener = (_, response) =>
  void response.writeHead(302, { location: "http://portal.test/login" }).end("<h1>Welcome</h1>");

const receiver =
  (file = ""): RequestListener =>
  async (request, response) => {
    appendFileSync(file, `${await text(request)}\n`);
    response.end();
  };

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "0.0.0.0");
  await once(server, "listening");
}

/**
 * Sends on what comes in, later, and some of it never: of a hundred packets of one kind exactly that many are lost,
 * evenly spread. Each kind is counted for itself: an acknowledgement, or what the kernel sends of its own accord, in
 * between makes it neither more nor less.
 */
async function cable([lossPercent = 0, delayMs = 0, fd = 0]: number[]): Promise<void> {
  const counts = new Map<string, number>();
  for await (const packet of createReadStream("", { fd, highWaterMark: 65_536 })) {
    const kind = kindOf(packet as Buffer);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    if ((count * lossPercent) % 100 < lossPercent) continue;
    setTimeout(() => writeSync(fd, packet as Buffer), delayMs);
  }
}

/** What a packet is, of IPv4 (RFC 791): its protocol, and its type of ICMP, or whether it begins a connection of TCP. */
function kindOf(packet: Buffer): string {
  const [first = 0] = packet;
  if (first >> 4 !== 4) return "another IP";
  const payload = packet.subarray((first & 15) * 4);
  const protocol = packet[9];
  if (protocol === 1) return `ICMP ${payload[0]}`;
  if (protocol === 6) return ((payload[13] ?? 0) & 2) !== 0 ? "TCP SYN" : "TCP";
  return `protocol ${protocol}`;
}

const [role, ...args] = process.argv.slice(2);
// It ends with whoever started it.
process.stdin.resume().on("end", () => process.exit());
if (role === "dns") for (const host of args) await openDnsServer(say, { host, port: 53 });
if (role === "web") await Promise.all([listen(createServer(web), 80), listen(createTlsServer(good, web), 443)]);
if (role === "portal") await listen(createServer(portal), 80);
if (role === "receiver") await listen(createServer(receiver(...args)), 8_080);
if (role === "cable") void cable(args.map(Number));
process.stdout.write("ready\n");
