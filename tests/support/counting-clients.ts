import { once } from "node:events";
import { WebSocket } from "ws";
import { SUBPROTOCOL, WS_PATH } from "../../src/shared/protocol.ts";

/** A client that posts heartbeats numbered 1, 2, 3 … one after the other, and knows which were acknowledged. */
export interface CountingClient {
  host: string;
  acknowledged: number[];
  /** How often it found nobody there. */
  failures: number;
  stop(): Promise<void>;
}

interface Options {
  url: string;
  host: string;
  token: string;
  /** Called after every acknowledgement and every failure. */
  onEvent?(): void;
}

const RETRY_MS = 25;

function createClient(
  { host, onEvent }: Pick<Options, "host" | "onEvent">,
  post: (n: number) => Promise<void>,
  close: () => void,
  again = false,
): CountingClient {
  const client: CountingClient = { host, acknowledged: [], failures: 0, stop };
  const running = { yes: true };
  const loop = (async () => {
    for (let n = 1; running.yes; n++) {
      try {
        await post(n);
        client.acknowledged.push(n);
      } catch {
        client.failures++;
        if (again) n--;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
      onEvent?.();
    }
  })();
  async function stop(): Promise<void> {
    running.yes = false;
    close();
    await loop;
  }
  return client;
}

/** Over HTTP, as a script with curl does. */
export function createHttpClient(options: Options): CountingClient {
  const address = `${options.url}/api/v1/heartbeat/${options.host}`;
  const headers = { authorization: `Bearer ${options.token}`, "content-type": "application/json" };
  const body = (n: number): string => JSON.stringify({ metrics: { n } });
  return createClient(
    options,
    (n) => taken(address, { method: "POST", headers, body: body(n) }),
    () => undefined,
  );
}

/** By a ping URL, as a job does: each number is a run that begins and ends, and is run again until both were answered. */
export function createPingClient(options: Pick<Options, "host" | "onEvent"> & { pingUrl: string }): CountingClient {
  return createClient(
    options,
    async (n) => {
      const query = `?rid=00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
      await taken(`${options.pingUrl}/start${query}`);
      await taken(options.pingUrl + query, { method: "POST", body: `run ${n}` });
    },
    () => undefined,
    true,
  );
}

/** By Uptime Kuma's push URL; the number is the message. */
export const createPushClient = (options: Pick<Options, "host" | "onEvent"> & { pushUrl: string }): CountingClient =>
  createClient(
    options,
    (n) => taken(`${options.pushUrl}?status=up&msg=${n}`),
    () => undefined,
  );

async function taken(url: string, init?: RequestInit): Promise<void> {
  const reply = await fetch(url, init);
  await reply.text();
  if (!reply.ok) throw new Error(`refused with ${reply.status}`);
}

/** Over a WebSocket that is opened again whenever it breaks, as an agent does. */
export function createWsClient(options: Options): CountingClient {
  let ws: WebSocket | undefined;

  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(options.url.replace("http", "ws") + WS_PATH, SUBPROTOCOL);
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "hello", token: options.token, client: "counting/1" }));
    await answer(socket, "welcome");
    return socket;
  }

  return createClient(
    options,
    async (n) => {
      try {
        ws ??= await open();
        const acked = answer(ws, "ack");
        ws.send(JSON.stringify({ type: "heartbeat", id: n, host: options.host, metrics: { n } }));
        await acked;
      } catch (error) {
        ws?.terminate();
        ws = undefined;
        throw error;
      }
    },
    () => ws?.terminate(),
  );
}

/** The next frame, which must be of this type; rejects when the connection ends first. */
function answer(ws: WebSocket, type: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => {
      ws.off("message", heard).off("close", gone).off("error", gone);
      if (error) reject(error);
      else resolve();
    };
    const heard = (data: unknown): void => {
      const frame = JSON.parse((data as Buffer).toString()) as { type: string };
      done(frame.type === type ? undefined : new Error(`got ${frame.type} for ${type}`));
    };
    const gone = (): void => done(new Error("the connection ended"));
    ws.on("message", heard).on("close", gone).on("error", gone);
  });
}
