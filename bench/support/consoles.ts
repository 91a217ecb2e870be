/** Many consoles in a process of their own; told what to do by the messages of `Order`, each answered once. */
import { once } from "node:events";
import { WebSocket } from "ws";

export type Order =
  | { do: "open"; count: number; port: number; token: string }
  | { do: "stall"; count: number }
  | { do: "measure"; spanMs: number }
  | { do: "close" };
export interface Answer {
  /** Until all had everything. */
  tookMs: number;
  /** That a console was sent. */
  bytes: number;
  /** From decisions to the frames that tell of them, at some of the consoles. */
  lagsMs: number[];
}

// Reading all frames of all consoles would measure this process.
const READERS = 5;

interface Frame {
  more: boolean;
  upserts: { kind: string; value: { at?: number } }[];
}

let consoles: WebSocket[] = [];
let stalled = 0;
let bytes = 0;
let lagsMs: number[] | undefined;

async function open(count: number, port: number, token: string): Promise<void> {
  consoles = await Promise.all(
    Array.from({ length: count }, async () => {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/api/v1/ws`, "sentinel.v1", { perMessageDeflate: false });
      await once(ws, "open");
      ws.send(JSON.stringify({ type: "hello", token, client: "bench/1" }));
      await once(ws, "message");
      return ws;
    }),
  );
  bytes = 0;
  await Promise.all(consoles.map(watch));
}

/** Asks for everything, and resolves when it is there. */
function watch(ws: WebSocket, nth: number): Promise<void> {
  return new Promise((resolve) => {
    ws.on("message", (data: Buffer) => {
      bytes += data.length;
      // What says whether more follows stands in the first hundred bytes.
      if (data.toString("latin1", 0, 100).includes('"more":false')) resolve();
      if (lagsMs && nth >= consoles.length - READERS) readLags(data, lagsMs);
    });
    ws.send('{"type":"watch","since":0}');
  });
}

function readLags(data: Buffer, into: number[]): void {
  const now = Date.now();
  const { upserts } = JSON.parse(data.toString()) as Frame;
  for (const { kind, value } of upserts) if (kind === "beat" && value.at !== undefined) into.push(now - value.at);
}

async function perform(order: Order): Promise<Omit<Answer, "tookMs">> {
  if (order.do === "open") await open(order.count, order.port, order.token);
  if (order.do === "close") for (const ws of consoles.splice(0)) ws.terminate();
  if (order.do === "stall") for (const ws of consoles.slice(0, (stalled = order.count))) ws.pause();
  if (order.do === "measure") {
    bytes = 0;
    lagsMs = [];
    await new Promise((resolve) => setTimeout(resolve, order.spanMs));
  }
  const answer = { bytes: bytes / (consoles.length - stalled), lagsMs: lagsMs ?? [] };
  lagsMs = undefined;
  return answer;
}

process.on("message", async (order: Order) => {
  const from = performance.now();
  const answer = await perform(order);
  process.send?.({ ...answer, tookMs: performance.now() - from } satisfies Answer);
});
