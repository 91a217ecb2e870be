import type { IncomingMessage, ServerResponse } from "node:http";
import { received, understood } from "../../shared/api/heartbeat.ts";
import type { Result } from "../../shared/api/registry.ts";
import { httpStatus, type Refusal } from "../../shared/errors.ts";
import type { Door } from "../door/door.ts";
import type { Engine, Outcome } from "../engine/engine.ts";
import { errorBody, retryAfter } from "./errors.ts";

const address = /^\/api\/v1\/heartbeat\/([a-z0-9][a-z0-9._-]{0,63})$/;
const bearer = /^Bearer (\S+)$/i;
const json = /^application\/json\s*(;|$)/i;
const LONGEST_BODY_BYTES = 16 * 1024;
/** Leaves out a byte order mark, as the framework does. */
const utf8 = new TextDecoder();

interface Options {
  engine: Engine;
  door: Door;
  now(): number;
  /** What is said of a failure of the daemon itself. */
  refusalOf(error: unknown): Refusal;
}

/**
 * Takes heartbeats in their plainest form: a POST of a short JSON body with the token in `Authorization`. They come in
 * their thousands, and the framework would be half of what one costs. Says whether it took the request; all else, and
 * every other form of the same route, is the framework's.
 */
export function createHeartbeats({ engine, door, now, refusalOf }: Options) {
  async function take(request: IncomingMessage, host: string, secret: string, body: string): Promise<Outcome> {
    const known = engine.authenticate(secret, now());
    const refusal = known
      ? door.refuseKnown(known, "http", request.socket)
      : await door.refuseUnknown(door.clientOf(request), true, "http");
    if (refusal) return refusal;
    return engine.heartbeat({ ...understood(parsed(body)), host }, known ?? { name: "anyone", role: "public" });
  }

  async function answer(response: ServerResponse, taken: Promise<Outcome>): Promise<void> {
    const outcome = await taken.catch(refusalOf);
    if (outcome.ok) return say(response, 200, received(outcome.value as Result<"heartbeat.post">));
    for (const [name, value] of Object.entries(retryAfter(outcome))) response.setHeader(name, value);
    say(response, httpStatus[outcome.code], errorBody(outcome));
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { headers, method, url = "" } = request;
    const host = method === "POST" ? address.exec(url)?.[1] : undefined;
    const secret = bearer.exec(headers.authorization ?? "")?.[1];
    const isPlain = json.test(headers["content-type"] ?? "") && headers["idempotency-key"] === undefined;
    const isShort = Number(headers["content-length"]) <= LONGEST_BODY_BYTES;
    if (host === undefined || secret === undefined || !isPlain || !isShort) return false;
    const body: Buffer[] = [];
    request.on("data", (bytes: Buffer) => body.push(bytes));
    request.on("end", () => void answer(response, take(request, host, secret, utf8.decode(Buffer.concat(body)))));
    return true;
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function say(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text);
}
