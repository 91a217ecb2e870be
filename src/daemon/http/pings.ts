import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { httpStatus, refuse, type Refusal } from "../../shared/errors.ts";
import { slug } from "../../shared/model.ts";
import type { HeartbeatArgs } from "../../shared/protocol.ts";
import type { Clock } from "../../shared/time.ts";

import type { Caller, Engine } from "../engine/engine.ts";

type Said = Pick<HeartbeatArgs, "status" | "exitCode">;

const unknown = refuse("not_found", "not found");
const uuid = z.uuid();

/** The ping URLs that people have in their crontabs: healthchecks.io's two forms, and Uptime Kuma's push URL. */
export function addPings(app: FastifyInstance, engine: Engine, clock: Clock): void {
  const who = (secret: string) => engine.authenticate(secret, clock.now());

  async function ping(
    request: FastifyRequest,
    caller: Caller | undefined,
    action: string | undefined,
  ): Promise<Refusal | undefined> {
    const said = sayingOf(action);
    if ("code" in said) return said;
    const { rid } = request.query as { rid?: string };
    if (rid !== undefined && !uuid.safeParse(rid).success) return refuse("invalid", "invalid uuid format: rid");
    if (caller?.host === undefined) return unknown;
    const outcome = await engine.execute("heartbeat.post", { host: caller.host, ...said, run: rid }, caller);
    return outcome.ok ? undefined : outcome;
  }

  const route = (
    url: string,
    handler: (request: FastifyRequest<{ Params: Record<string, string> }>, reply: FastifyReply) => Promise<unknown>,
  ) =>
    app.route<{ Params: Record<string, string> }>({
      method: ["HEAD", "GET", "POST"],
      url,
      schema: { hide: true },
      handler,
    });

  const answer = (reply: FastifyReply, refusal: Refusal | undefined) =>
    reply
      .status(refusal ? httpStatus[refusal.code] : 200)
      .type("text/plain")
      .send(refusal ? refusal.message : "OK");

  route("/ping/:secret", async (request, reply) =>
    answer(reply, await ping(request, who(request.params["secret"] ?? ""), undefined)),
  );

  // `/ping/<uuid>/start` and `/ping/<key>/<slug>` look alike: a UUID is what comes first in the one alone.
  route("/ping/:first/:second", async (request, reply) => {
    const { first = "", second = "" } = request.params;
    if (uuid.safeParse(first).success) return answer(reply, await ping(request, who(first), second));
    return answer(reply, await bySlug(request, first, second, undefined));
  });
  route("/ping/:key/:slug/:action", async (request, reply) => {
    const { key = "", slug: host = "", action } = request.params;
    return answer(reply, await bySlug(request, key, host, action));
  });

  async function bySlug(
    request: FastifyRequest,
    key: string,
    host: string,
    action: string | undefined,
  ): Promise<Refusal | undefined> {
    if (!slug.safeParse(host).success) return refuse("invalid", "invalid slug");
    const caller = who(key);
    return ping(request, caller?.host === host ? caller : undefined, action);
  }

  route("/api/push/:token", async (request, reply) => {
    const { status } = request.query as { status?: string };
    const refusal = await ping(request, who(request.params["token"] ?? ""), status === "down" ? "fail" : undefined);
    return reply
      .status(refusal ? httpStatus[refusal.code] : 200)
      .send(refusal ? { ok: false, msg: refusal.message } : { ok: true });
  });
}

/** What the last part of a ping URL says: nothing, a word, or an exit status. */
function sayingOf(action: string | undefined): Said | Refusal {
  if (action === undefined) return {};
  if (action === "start" || action === "fail" || action === "log") return { status: action };
  if (!/^\d+$/.test(action)) return unknown;
  const exitCode = Number(action);
  return exitCode <= 255 ? { exitCode } : refuse("invalid", "invalid exit status: give 0 to 255");
}
