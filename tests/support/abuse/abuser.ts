/**
 * Does what nobody should do to a daemon, from a process of its own until it is ended:
 * `abuser.ts PORT SEED COUNT KIND…`. What is closed on it, it opens again.
 */
import { connect, type Socket } from "node:net";
import { seededRandom } from "../seeded-random.ts";

const [port = 0, seed = 1, count = 0] = process.argv.slice(2, 5).map(Number);
const random = seededRandom(seed);
const AGAIN_MS = 500;
const MEGABYTE = Buffer.alloc(1 << 20, 0x20);

/** Opens a connection, does something on it, and again as soon as that is over. */
function again(act: (socket: Socket) => void): void {
  const socket = connect(port, "127.0.0.1", () => act(socket));
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(() => again(act), AGAIN_MS * (0.5 + random())));
}

const several = (many: number, act: (socket: Socket) => void): void => {
  for (let i = 0; i < many; i++) again(act);
};

/** Headers that come a letter at a time, and never end. */
function loris(socket: Socket): void {
  socket.write("POST /api/v1/heartbeat/host-1 HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  const timer = setInterval(() => socket.write(String.fromCharCode(97 + random() * 26)), 1_000);
  socket.resume().on("close", () => clearInterval(timer));
}

const idle = (socket: Socket): void => void socket.resume();

/** Requests as fast as they are answered: some without a token, some with a wrong one, some that lead nowhere. */
function flood(socket: Socket): void {
  const ask = (): void => {
    const kind = random();
    const wrong = `Authorization: Bearer ${random()}`;
    if (kind < 0.4) socket.write("GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n");
    else if (kind < 0.8)
      socket.write(
        `POST /api/v1/heartbeat/host-1 HTTP/1.1\r\nHost: x\r\n${wrong}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
      );
    else socket.write(`GET /ping/${random()} HTTP/1.1\r\nHost: x\r\n\r\n`);
  };
  socket.on("data", ask);
  ask();
}

/** 100 MB in one frame, in fragments without end, or as a body; sent for as long as somebody takes it. */
function huge(socket: Socket): void {
  const kind = random();
  const pour = (piece: Buffer): void => {
    const more = (): void => {
      while (socket.writable && socket.write(piece));
    };
    socket.on("drain", more);
    more();
  };
  if (kind < 0.3) {
    socket.resume();
    socket.write(
      "POST /api/v1/hosts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n",
    );
    return pour(MEGABYTE);
  }
  socket.write(
    "GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  socket.once("data", () => {
    socket.resume();
    // RFC 6455, 5.2: text of 100 MB, or an unfinished beginning and continuations of 125 bytes, all masked with zeros.
    if (kind < 0.65) socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x06, 0, 0, 0, 0, 0, 0, 0]));
    else socket.write(Buffer.from([0x01, 0x80, 0, 0, 0, 0]));
    const fragment = Buffer.alloc(131);
    fragment.set([0x00, 0x80 | 125]);
    pour(kind < 0.65 ? MEGABYTE : fragment);
  });
}

const kinds: Record<string, () => void> = {
  loris: () => several(count, loris),
  idle: () => several(10 * count, idle),
  flood: () => several(32, flood),
  huge: () => several(16, huge),
};
for (const kind of process.argv.slice(5)) kinds[kind]?.();
