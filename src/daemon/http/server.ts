import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import { httpStatus, refuse, type Refusal } from "../../shared/errors.ts";
import type { Clock } from "../../shared/time.ts";
import type { Engine } from "../engine/engine.ts";
import { BODY_BYTES, errorBody, refusalOf } from "./errors.ts";
import { createHeartbeats } from "./heartbeats.ts";
import { addLinks } from "./links.ts";
import { addMetrics } from "./metrics.ts";
import { addPings } from "./pings.ts";
import { addRoutes } from "./routes.ts";
import { mendContentType } from "./wire.ts";

/** The HTTP side: every route of the registry, the ping URLs, and the API described. It never writes the store. */
export async function createHttp({
  engine,
  clock,
  log,
  version,
  metrics,
  tls,
}: {
  engine: Engine;
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
  const takes = createHeartbeats({ engine, now: clock.now, refusalOf: (error) => failed(error as FastifyError) });
  const app = Fastify({
    logger: false,
    serverFactory(framework) {
      const listener: RequestListener = (request, response) => {
        if (!takes(request, response)) framework(request, response);
      };
      const times = { requestTimeout: 30_000, keepAliveTimeout: 72_000 };
      return tls ? createSecureServer({ ...tls, ...times }, listener) : createServer(times, listener);
    },
    bodyLimit: BODY_BYTES,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 600 },
  });
  app.setValidatorCompiler(validatorCompiler);
  // Replies are made by our own code from checked values; a second schema pass would only cost time.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
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
    void json(request, body as string, (error, value) => (error && lenient ? done(null, null) : done(error, value)));
  });
  app.addHook("onRequest", ({ raw, routeOptions }, _reply, done) => {
    if (routeOptions.url === HEARTBEAT_URL) mendContentType(raw.headers);
    done();
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, _body, done) => done(null, null));
}
