import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { httpStatus, refuse, type Refusal } from "../../shared/errors.ts";
import { prose, slug } from "../../shared/model.ts";
import type { HeartbeatArgs } from "../../shared/protocol.ts";
import { type Clock, DAY, HOUR } from "../../shared/time.ts";
import { addressOf } from "../engine/access.ts";
import type { Caller, Engine } from "../engine/engine.ts";
import { readPart } from "./part.ts";
import { mendContentType, onceEach } from "./wire.ts";

type Params = Record<string, string>;
type Ping = FastifyRequest<{ Params: Params; Querystring: Params }>;
type Said = Pick<HeartbeatArgs, "status" | "exitCode" | "message" | "metrics">;

const unknown = refuse("not_found", "not found");
const uuid = z.uuid();

/** A body may be this long; far less of it is kept. */
const LONGEST_BODY_BYTES = 16 * 1024 * 1024;
/** A host that its first ping creates: a daily job, as the hosted service has it. */
const created = { periodMs: DAY, graceMs: HOUR };

/** The ping URLs that people have in their crontabs: healthchecks.io's two forms, and Uptime Kuma's push URL. */
export async function addPings(root: FastifyInstance, engine: Engine, clock: Clock): Promise<void> {
  await root.register(async (app) => {
    app.removeAllContentTypeParsers();
    // A ping counts whatever comes along, and however often its query says the same.
    app.addHook("onRequest", async (request) => {
      mendContentType(request.raw.headers);
      request.query = onceEach(request.query);
    });
    app.addContentTypeParser("*", async (_request: FastifyRequest, payload: Readable) =>
      readPart(payload, engine.pingBody(), LONGEST_BODY_BYTES),
    );
    addRoutes(app, engine, clock);
  });
}

function addRoutes(app: FastifyInstance, engine: Engine, clock: Clock): void {
  const who = (secret = ""): Caller | undefined => engine.authenticate(secret, clock.now());

  async function ping(
    { query, body }: Ping,
    caller: Caller | undefined,
    host: string | undefined,
    said: Said | Refusal,
  ): Promise<Refusal | undefined> {
    const malformed = faultOf(said, query);
    if ("code" in said || malformed) return malformed;
    if (!caller || host === undefined) return unknown;
    const outcome = await engine.heartbeat(
      { host, ...said, run: query["rid"]?.toLowerCase() },
      caller,
      Buffer.isBuffer(body) ? { body } : {},
    );
    return outcome.ok ? undefined : outcome;
  }

  /** By name: a host's own token, or a ping key that speaks for every host and may create one. */
  async function bySlug(
    request: Ping,
    key: string,
    host: string,
    said: Said | Refusal,
  ): Promise<{ refusal?: Refusal | undefined; created?: boolean }> {
    if (!slug.safeParse(host).success) return { refusal: refuse("invalid", "invalid slug: use a-z 0-9 . _ -") };
    const caller = who(key);
    if (caller?.role !== "host" || (caller.host ?? host) !== host) return { refusal: unknown };
    const missing = caller.host === undefined && !engine.store.state.get("host", host);
    if (missing && request.query["create"] === "1" && !faultOf(said, request.query)) {
      const added = await engine.execute(
        "host.add",
        { id: host, ...created },
        { ...caller, role: "admin", from: addressOf(request.ip) },
      );
      if (!added.ok && added.code !== "conflict") return { refusal: added };
      return { refusal: await ping(request, caller, host, said), created: added.ok };
    }
    return { refusal: missing ? unknown : await ping(request, caller, host, said) };
  }

  function answer(reply: FastifyReply, refusal: Refusal | undefined, isNew = false): FastifyReply {
    reply.header("Ping-Body-Limit", engine.pingBody().limitBytes).type("text/plain; charset=utf-8");
    if (refusal) return reply.status(httpStatus[refusal.code]).send(refusal.message);
    return reply.status(isNew ? 201 : 200).send(isNew ? "Created" : "OK");
  }

  const route = (url: string, handler: (request: Ping, reply: FastifyReply) => Promise<unknown>) =>
    app.route<{ Params: Params; Querystring: Params }>({
      method: ["HEAD", "GET", "POST"],
      url,
      bodyLimit: LONGEST_BODY_BYTES,
      schema: { hide: true },
      handler,
    });

  async function byUuid(request: Ping, reply: FastifyReply, secret: string, action: string | undefined) {
    const caller = who(secret);
    return answer(reply, await ping(request, caller, caller?.host, sayingOf(action)));
  }

  async function named(request: Ping, reply: FastifyReply, key: string, host: string, action: string | undefined) {
    const { refusal, created: isNew } = await bySlug(request, key, host, sayingOf(action));
    return answer(reply, refusal, isNew);
  }

  route("/ping/:secret", (request, reply) => byUuid(request, reply, request.params["secret"] ?? "", undefined));
  // `/ping/<uuid>/start` and `/ping/<key>/<slug>` look alike: a UUID is what comes first in the one alone.
  route("/ping/:first/:second", (request, reply) => {
    const { first = "", second = "" } = request.params;
    const isUuid = uuid.safeParse(first).success;
    return isUuid ? byUuid(request, reply, first, second) : named(request, reply, first, second, undefined);
  });
  route("/ping/:key/:slug/:action", (request, reply) => {
    const { key = "", slug: host = "", action } = request.params;
    return named(request, reply, key, host, action);
  });
  route("/api/push/:token", async (request, reply) => {
    const caller = who(request.params["token"]);
    const refusal = await ping(request, caller, caller?.host, pushed(request.query));
    return reply
      .status(refusal ? httpStatus[refusal.code] : 200)
      .send(refusal ? { ok: false, msg: refusal.message } : { ok: true });
  });
}

/** What is wrong with a ping itself, whoever sends it. */
function faultOf(said: Said | Refusal, { rid }: Params): Refusal | undefined {
  if ("code" in said) return said;
  return rid === undefined || uuid.safeParse(rid).success ? undefined : refuse("invalid", "invalid uuid format: rid");
}

/** What the last part of a ping URL says: nothing, a word, or an exit status. */
function sayingOf(action: string | undefined): Said | Refusal {
  if (action === undefined) return {};
  if (action === "start" || action === "fail" || action === "log") return { status: action };
  if (!/^\d+$/.test(action)) return unknown;
  const exitCode = Number(action);
  return exitCode <= 255 ? { exitCode } : refuse("invalid", "invalid exit status: give 0 to 255");
}

const pushMessage = prose(1024);

/** Uptime Kuma's query: `status`, `msg` and `ping` (ms); a message that is too long is cut, not refused. */
function pushed({ status, msg, ping }: Params): Said {
  const message = msg ? { message: pushMessage.parse(msg.slice(0, 1024)) } : {};
  const pingMs = Number(ping);
  const metrics = ping && Number.isFinite(pingMs) ? { metrics: { pingMs } } : {};
  return { ...(status === "down" ? { status: "fail" as const } : {}), ...message, ...metrics };
}
