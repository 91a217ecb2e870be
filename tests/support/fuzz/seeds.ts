import type { CommandSpec } from "../../../src/shared/api/command.ts";
import { registry } from "../../../src/shared/api/registry.ts";
import { clientFrame } from "../../../src/shared/protocol.ts";
import { pick, sampleOf } from "./sample.ts";

type Random = () => number;

/** Another's address could come out of these: no fuzzing asks the network, or reads its own log. */
const leadsAway =
  /^(probe|channel|webhook|upstream|logs|config|setting|job|backup)\.(add|edit|run|test|set|trust|analyze|apply|make)$/;
const specs = (registry as readonly CommandSpec[]).filter(({ name }) => !leadsAway.test(name));
const routes = specs.flatMap((spec) => (spec.rest ? [{ spec, rest: spec.rest }] : []));
const others = [
  "/metrics",
  "/docs",
  "/openapi.json",
  "/",
  "/ping/x",
  "/ping/x/web01/fail",
  "/ping/x/web01?create=1",
  "/act/x?s=y",
  "/ping/7d3b6c3e-5d0f-4b44-9df5-0c4c1f3a2b11/start?rid=7d3b6c3e-5d0f-4b44-9df5-0c4c1f3a2b11",
  "/api/push/x?status=up&msg=OK&ping=12",
  "/api/v1/ws",
  "/api/v1/heartbeat/web01?token=x",
];

/** A request in its two parts, as bytes; the length of the body is put in when both are known. */
export interface Request {
  head: string;
  body: Buffer;
}

/** A request as somebody with that token may well send it. */
export function aRequest(token: string, random: Random): Request {
  const line =
    random() < 0.75
      ? anApiLine(random)
      : { method: pick(["GET", "POST", "HEAD", "PUT"], random), url: pick(others, random), body: "" };
  const auth = pick([`X-API-Key: ${token}`, `Authorization: Bearer ${token}`, `X-API-Key: ${token}`, ""], random);
  const head = [`${line.method} ${line.url} HTTP/1.1`, "Host: 127.0.0.1", auth, "Content-Type: application/json"];
  return { head: head.filter(Boolean).join("\r\n"), body: Buffer.from(line.body) };
}

function anApiLine(random: Random): { method: string; url: string; body: string } {
  const { spec, rest } = pick(routes, random);
  const method = pick(rest.methods, random);
  const path = rest.path.replace(/\{\w+\}/g, () => pick(["web01", "db01", "a1", "holidays"], random));
  const args = sampleOf(method === "GET" ? (rest.query ?? spec.args) : (rest.body ?? spec.args), random);
  if (method !== "GET") return { method, url: path, body: JSON.stringify(args) ?? "" };
  const query = Object.entries(args ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`);
  return { method, url: query.length > 0 ? `${path}?${query.join("&")}` : path, body: "" };
}

const wellFormed = (value: unknown): string =>
  (typeof value === "string" ? value : JSON.stringify(value)).toWellFormed();

export const bytesOf = ({ head, body }: Request): Buffer =>
  Buffer.concat([Buffer.from(`${head}\r\nContent-Length: ${body.length}\r\n\r\n`), body]);

/** A frame's text as a client may well send it. */
export function aFrame(random: Random): string {
  if (random() < 0.3) return JSON.stringify(sampleOf(clientFrame, random)) ?? "";
  const spec = pick(specs, random);
  const id = Math.floor(random() * 1e6);
  return JSON.stringify({ type: "command", id, name: spec.name, args: sampleOf(spec.args, random) });
}

/** A client's frame on the wire (RFC 6455, 5.2), masked with zeros. */
export function onTheWire(payload: Buffer, opcode = 1): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0x80 | opcode, 0xfe, length >> 8, length & 255])
        : Buffer.from([
            0x80 | opcode,
            0xff,
            0,
            0,
            0,
            0,
            length >>> 24,
            (length >> 16) & 255,
            (length >> 8) & 255,
            length & 255,
          ]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

export const upgrade = (token: string): Buffer =>
  Buffer.from(
    [
      "GET /api/v1/ws HTTP/1.1",
      "Host: 127.0.0.1",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol: sentinel.v1",
      `Authorization: Bearer ${token}`,
      "\r\n",
    ].join("\r\n"),
  );
