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
  function take(request: IncomingMessage, host: string, secret: string, body: string): Promise<Outcome> {
    const { socket } = request;
    const known = engine.authenticate(secret, now(), socket);
    if (!known) return takeUnknown(request, host, body);
    const refusal = door.refuseKnown(known, "http", socket);
    return refusal ? Promise.resolve(refusal) : engine.heartbeat({ ...understood(parsed(body)), host }, known);
  }

  async function takeUnknown(request: IncomingMessage, host: string, body: string): Promise<Outcome> {
    const refusal = await door.refuseUnknown(door.clientOf(request), true, "http");
    if (refusal) return refusal;
    return engine.heartbeat({ ...understood(parsed(body)), host }, { name: "anyone", role: "public" });
  }

  function outcomeOf(...taken: Parameters<typeof take>): Promise<Outcome> {
    try {
      return take(...taken);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function answer(response: ServerResponse, outcome: Outcome): void {
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
    request.on("end", () => {
      void outcomeOf(request, host, secret, textOf(body)).then(
        (outcome) => answer(response, outcome),
        (error: unknown) => answer(response, refusalOf(error)),
      );
    });
    return true;
  };
}

const textOf = (body: Buffer[]): string => (body.length === 1 && body[0] ? body[0] : Buffer.concat(body)).toString();

/** Leaves out a byte order mark, as the framework does. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body.startsWith("\ufeff") ? body.slice(1) : body);
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
