import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { z } from "zod";
import type { CommandSpec, RestForm } from "../../shared/api/command.ts";
import { registry } from "../../shared/api/registry.ts";
import { codes, httpStatus, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import type { Clock } from "../../shared/time.ts";

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
  const instants = instantFields(rest.reply ?? spec.result);
  const given = instantFields(spec.args, "input");
  for (const method of rest.methods) {
    app.route({
      method,
      url: rest.path.replace(/\{(\w+)\}/g, ":$1"),
      schema: describe(spec, rest, method),
      ...(rest.lenient ? { validatorCompiler: () => (value: unknown) => ({ value }) } : {}),
      exposeHeadRoute: false,
      ...(rest.bodyBytes === undefined ? {} : { bodyLimit: rest.bodyBytes }),
      handler: async (request, reply) => {
        const key = request.headers["idempotency-key"];
        if (key !== undefined && !uuid.safeParse(key).success) return send(reply, badKey);
        const args = argsOf(rest, request, given);
        const noTime = refuseNoTimes(args, given);
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
        return reply.send(instants.size > 0 ? withIsoTimes(said, instants) : said);
      },
    });
  }
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

/** Who asks: `X-API-Key`, `Authorization: Bearer`, or `?token=` where the route's query has it. */
export function callerOf({ headers, query }: FastifyRequest, engine: Engine, clock: Clock): Caller {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  const apiKey = headers["x-api-key"];
  const secret = bearer ?? (typeof apiKey === "string" ? apiKey : undefined) ?? onceEach(query)["token"];
  return (secret === undefined ? undefined : engine.authenticate(secret.trim(), clock.now())) ?? anyone;
}

const uuid = z.uuid();
const badKey = refuseInvalid({
  issues: [{ path: ["Idempotency-Key"], message: "give a UUID, a new one for each thing you do" }],
});
