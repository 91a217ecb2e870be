import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { certificate } from "../../../tests/support/certificate.ts";
import { createProxies } from "./address.ts";
import { createConnections } from "./connections.ts";

let server: Server;
let connections: ReturnType<typeof createConnections>;
let dropped = 0;
const open: Socket[] = [];
const limits = { unprovenPerAddress: 3, unproven: 5 };

beforeEach(async () => {
  dropped = 0;
  connections = createConnections({
    proxies: createProxies(["127.0.0.9"]),
    limits: () => limits,
    onDrop: () => dropped++,
  });
  server = createServer((request, response) => {
    if (request.headers.authorization) connections.prove(request.socket);
    response.end("ok");
  });
  connections.watch(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Resolves once the server has it. */
async function dial(localAddress: string): Promise<Socket & { ended: Promise<unknown> }> {
  const taken = once(server, "connection");
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", localAddress });
  open.push(socket);
  socket.on("error", () => {});
  const ended = new Promise((resolve) => socket.once("close", resolve));
  await taken;
  return Object.assign(socket, { ended });
}

async function ask(socket: Socket, headers = ""): Promise<string> {
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString().split("\r\n")[0] ?? "";
}

test("of one address beyond the limit the oldest without a token goes, and the new one is served", async () => {
  const first = await dial("127.0.0.1");
  const proven = await dial("127.0.0.1");
  await ask(proven, "Authorization: Bearer t\r\n");
  for (let i = 0; i < 2; i++) await dial("127.0.0.1");
  expect(dropped).toBe(0);
  const last = await dial("127.0.0.1");
  await first.ended;
  expect([dropped, connections.count]).toEqual([1, 3]);
  expect(await ask(last)).toBe("HTTP/1.1 200 OK");
  expect(await ask(proven)).toBe("HTTP/1.1 200 OK");
});

test("beyond the limit of all the busiest address gives way", async () => {
  const lone = await dial("127.0.0.2");
  const flood = [];
  for (let i = 0; i < 3; i++) flood.push(await dial("127.0.0.3"));
  await dial("127.0.0.4");
  const last = await dial("127.0.0.5");
  await flood[0]?.ended;
  expect(await ask(lone)).toBe("HTTP/1.1 200 OK");
  expect(await ask(last)).toBe("HTTP/1.1 200 OK");
});

test("one that ends makes room, and what a proxy of ours opens isn't counted", async () => {
  for (let i = 0; i < 6; i++) await dial("127.0.0.9");
  expect(connections.count).toBe(0);
  const gone = await dial("127.0.0.1");
  expect(connections.count).toBe(1);
  gone.destroy();
  while (connections.count > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(dropped).toBe(0);
});

test("a token that is shown within TLS proves the connection", async () => {
  const secure = createSecureServer(certificate, (request, response) => {
    connections.prove(request.socket);
    response.end("ok");
  });
  connections.watch(secure);
  await once(secure.listen(0, "127.0.0.1"), "listening");
  const { port } = secure.address() as AddressInfo;
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  open.push(socket);
  await once(socket, "secureConnect");
  expect(connections.count).toBe(1);
  expect(await ask(socket)).toBe("HTTP/1.1 200 OK");
  expect(connections.count).toBe(0);
  socket.destroy();
  await new Promise((resolve) => secure.close(resolve));
});
