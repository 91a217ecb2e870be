import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Clock } from "../../shared/time.ts";
import { refuseAccess } from "../engine/access.ts";
import type { Engine } from "../engine/engine.ts";
import { callerOf, send } from "./routes.ts";

const schema = {
  summary: "What the daemon counts of itself, for Prometheus.",
  operationId: "metrics",
  tags: ["metrics"],
  security: [{ apiKey: [] }, { bearer: [] }],
  response: { 200: z.string() },
};

/** Not a command: what comes back is text, and only Prometheus reads it. */
export function addMetrics(app: FastifyInstance, engine: Engine, clock: Clock, metrics: () => Promise<string>): void {
  app.get("/metrics", { schema }, async (request, reply) => {
    const refusal = refuseAccess(callerOf(request, engine, clock), "metrics", {}, engine.store.state);
    if (refusal) return send(reply, refusal);
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(await metrics());
  });
}
