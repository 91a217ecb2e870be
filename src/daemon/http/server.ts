import type { RequestListener } from "node:http";
import type { ServerOptions } from "node:https";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import { httpStatus, refuse, type Refusal } from "../../shared/errors.ts";
import { isTooDeep } from "../../shared/depth.ts";
import { type Clock, MINUTE, SECOND } from "../../shared/time.ts";
import { http, https } from "../../shared/node-http.ts";
import type { Door } from "../door/door.ts";
import type { Engine } from "../engine/engine.ts";
import { BODY_BYTES, errorBody, refusalOf } from "./errors.ts";
import { createHeartbeats } from "./heartbeats.ts";
import { requireAccess } from "./declared.ts";
import { addLinks } from "./links.ts";
import { addMetrics } from "./metrics.ts";
import { addPings } from "./pings.ts";
import { addRoutes, secretOf, send } from "./routes.ts";
import { mendContentType } from "./wire.ts";

/** Who is slow to say what he wants, or to take the answer, or gone without a word, doesn't stay. */
const times = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 30 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
  keepAliveTimeout: 72 * SECOND,
  keepAlive: true,
  keepAliveInitialDelay: MINUTE,
};
const SILENT_MS = 5 * MINUTE;
const HANDSHAKE_MS = 10 * SECOND;

/** The HTTP side: every route of the registry, the ping URLs, and the API described. It never writes the store. */
export async function createHttp({
  engine,
  door,
  clock,
  log,
  version,
  metrics,
  tls,
}: {
  engine: Engine;
  door: Door;
  clock: Clock;
  log: Logger;
  version: string;
  /** All that is counted, as Prometheus reads it. */
  metrics(): Promise<string>;
  /** Certificate and key, to be spoken to over TLS alone. */
  tls?: ServerOptions | undefined;
}): Promise<FastifyInstance> {
  const failed = (error: FastifyError, limitBytes?: number): Refusal => {
    const refusal = refusalOf(error, limitBytes);
    if (refusal.code === "internal") log.error({ err: error }, "a request failed");
    return refusal;
  };
  const takes = createHeartbeats({ engine, door, now: clock.now, refusalOf: (error) => failed(error as FastifyError) });
  const app = Fastify({
    logger: false,
    serverFactory(framework) {
      const listener: RequestListener = (request, response) => {
        if (!takes(request, response)) framework(request, response);
      };
      const server = tls
        ? https.createServer({ ...tls, ...times, handshakeTimeout: HANDSHAKE_MS }, listener)
        : http.createServer(times, listener);
      door.watch(server);
      return server.setTimeout(SILENT_MS);
    },
    trustProxy: (address: string | undefined) => door.trusts(address),
    bodyLimit: BODY_BYTES,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 600 },
  });
  app.setValidatorCompiler(validatorCompiler);
  // Replies are made by our own code from checked values; a second schema pass would only cost time.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.addHook("onRequest", async (request, reply) => {
    const secret = secretOf(request);
    const caller = secret === undefined ? undefined : engine.authenticate(secret, clock.now());
    const refusal = caller
      ? door.refuseKnown(caller, "http", request.raw.socket)
      : await door.refuseUnknown(door.clientOf(request.raw), secret !== undefined, "http");
    return refusal && send(reply, refusal);
  });
  requireAccess(app);
  addParsers(app);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = failed(error, request.routeOptions.bodyLimit);
    return reply.status(httpStatus[refusal.code]).send(errorBody(refusal));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .status(404)
      .send(errorBody(refuse("not_found", "there is nothing at this address; /docs lists what there is"))),
  );
  const addApi = (to: FastifyInstance): void => {
    addRoutes(to, engine, clock);
    addMetrics(to, engine, clock, metrics);
  };
  addApi(app);
  addDescription(app, async () => (await import("./description.ts")).createDescription(version, addApi));
  await addPings(app, engine, clock);
  await addLinks(app, engine, clock, log);
  return app;
}

/** Where the API is described: made when somebody asks for the first time, as it takes 9 MB and a tenth of a second. */
function addDescription(app: FastifyInstance, make: () => Promise<FastifyInstance>): void {
  let made: Promise<FastifyInstance> | undefined;
  app.addHook("onClose", async () => (await made)?.close());
  for (const url of ["/openapi.json", "/docs", "/docs/*"])
    app.get(url, async (request, reply) => {
      const { routing } = await (made ??= make());
      reply.hijack();
      routing(request.raw, reply.raw);
    });
}

const HEARTBEAT_URL = "/api/v1/heartbeat/:id";

/** JSON is read, an empty body is none, and any other kind is left aside: pings come with all sorts. */
function addParsers(app: FastifyInstance): void {
  const json = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") return done(null, null);
    // A heartbeat counts whatever comes along: its refusal would be a false alarm.
    const lenient = request.routeOptions.url === HEARTBEAT_URL;
    void json(request, body as string, (error, value) => {
      const wrong = error ?? (isTooDeep(value) ? new SyntaxError("too deep") : null);
      return wrong && lenient ? done(null, null) : done(wrong, value);
    });
  });
  app.addHook("onRequest", ({ raw, routeOptions }, _reply, done) => {
    if (routeOptions.url === HEARTBEAT_URL) mendContentType(raw.headers);
    done();
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, _body, done) => done(null, null));
}
