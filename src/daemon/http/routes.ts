import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { z } from "zod";
import { accessOf, urlOf } from "../../shared/api/access.ts";
import type { CommandSpec, RestForm } from "../../shared/api/command.ts";
import { registry } from "../../shared/api/registry.ts";
import { codes, httpStatus, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import type { Clock } from "../../shared/time.ts";

import { addressOf, refuseAccess } from "../engine/access.ts";
import type { Caller, Engine } from "../engine/engine.ts";
import { errorBody, retryAfter } from "./errors.ts";
import { fromIsoTimes, instantFields, onceEach, refuseNoTimes, withIsoTimes } from "./wire.ts";

const anyone: Caller = { name: "anyone", role: "public" };

const errorSchema = z.object({
  detail: z.string(),
  code: z.enum(codes),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

/** One route for each command that has a place in REST. */
export function addRoutes(app: FastifyInstance, engine: Engine, clock: Clock): void {
  for (const spec of registry as readonly CommandSpec[]) {
    if (spec.rest) addRoute(app, engine, clock, spec, spec.rest);
  }
}

function addRoute(app: FastifyInstance, engine: Engine, clock: Clock, spec: CommandSpec, rest: RestForm): void {
  const toReply = rest.toReply as ((result: unknown) => unknown) | undefined;
  // Found out when first needed: for all routes it would take a tenth of a start.
  const instants = once(() => instantFields(rest.reply ?? spec.result));
  const given = once(() => instantFields(spec.args, "input"));
  for (const method of rest.methods) {
    app.route({
      method,
      url: urlOf(rest.path),
      schema: describe(spec, rest, method),
      ...(rest.lenient ? { validatorCompiler: () => (value: unknown) => ({ value }) } : {}),
      exposeHeadRoute: false,
      // Before the body is read. The host of a heartbeat is known later.
      onRequest(request, reply, done) {
        const caller = callerOf(request, engine, clock);
        const denied =
          spec.access === "host" ? undefined : refuseAccess(caller, spec.access, undefined, engine.store.state);
        if (denied) void send(reply, denied);
        else done();
      },
      ...(rest.bodyBytes === undefined ? {} : { bodyLimit: rest.bodyBytes }),
      handler: async (request, reply) => {
        const key = request.headers["idempotency-key"];
        if (key !== undefined && !uuid.safeParse(key).success) return send(reply, badKey);
        const args = argsOf(rest, request, given());
        const noTime = refuseNoTimes(args, given());
        if (noTime) return send(reply, noTime);
        const outcome = await engine.execute(
          spec.name,
          args,
          callerOf(request, engine, clock),
          key as string | undefined,
        );
        if (!outcome.ok) return send(reply, outcome);
        reply.status(rest.status);
        if (rest.status === 204) return reply.send();
        const said = toReply ? toReply(outcome.value) : outcome.value;
        return reply.send(instants().size > 0 ? withIsoTimes(said, instants()) : said);
      },
    });
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function send(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.status(httpStatus[refusal.code]).headers(retryAfter(refusal)).send(errorBody(refusal));
}

function describe(spec: CommandSpec, rest: RestForm, method: string): FastifySchema {
  const hasId = rest.path.includes("{id}");
  const query = rest.query ?? (method === "GET" && !hasId ? spec.args : undefined);
  return {
    summary: spec.summary,
    operationId: method === "GET" && rest.methods.length > 1 ? `${spec.name}.get` : spec.name,
    tags: [spec.name.split(".")[0] ?? ""],
    ...(spec.access === "public" ? {} : { security: [{ apiKey: [] }, { bearer: [] }] }),
    ...(hasId ? { params: z.object({ id: z.string() }) } : {}),
    ...(query ? { querystring: query } : {}),
    ...(rest.body && method !== "GET" ? { body: rest.body } : {}),
    response: {
      [rest.status]: rest.status === 204 ? z.null() : (rest.reply ?? spec.result),
      "4xx": errorSchema,
      "5xx": errorSchema,
    },
  };
}

function argsOf(rest: RestForm, { params, query, body }: FastifyRequest, instants: ReadonlySet<string>): unknown {
  const request = {
    params: (params ?? {}) as Record<string, string>,
    query: (query ?? {}) as Record<string, unknown>,
    body,
  };
  if (rest.toArgs) return rest.toArgs(request);
  return fromIsoTimes({ ...request.query, ...(typeof body === "object" ? body : {}), ...request.params }, instants);
}

/** Who asks, and from where. */
export function callerOf(request: FastifyRequest, engine: Engine, clock: Clock): Caller {
  const secret = secretOf(request);
  const known = secret === undefined ? undefined : engine.authenticate(secret, clock.now());
  return known ? { ...known, from: addressOf(request.ip) } : anyone;
}

/**
 * What is brought to be let in with: `X-API-Key`, `Authorization: Bearer`, or `?token=` of a heartbeat, as other tokens
 * have no place in an address; of a ping its URL's first part.
 */
export function secretOf({ headers, method, query, params, routeOptions: { url = "" } }: FastifyRequest) {
  if (/^\/(ping|api\/push)\//.test(url)) return Object.values(params as object)[0] as string;
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  const apiKey = headers["x-api-key"];
  const inUrl = accessOf(method, url) === "host" ? onceEach(query)["token"] : undefined;
  return (bearer ?? (typeof apiKey === "string" ? apiKey : undefined) ?? inUrl)?.trim();
}

const uuid = z.uuid();
const badKey = refuseInvalid({
  issues: [{ path: ["Idempotency-Key"], message: "give a UUID, a new one for each thing you do" }],
});
