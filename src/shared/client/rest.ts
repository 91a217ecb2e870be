import ky, { HTTPError } from "ky";
import { z } from "zod";
import { healthShow } from "../api/health.ts";
import { heartbeatPost } from "../api/heartbeat.ts";
import { codes, httpStatus, refuse } from "../errors.ts";
import type { Code, Refusal } from "../errors.ts";
import type { HeartbeatArgs } from "../protocol.ts";
import { SECOND } from "../time.ts";
import type { Success } from "./requests.ts";

export interface RestOptions {
  url: string;
  token?: string | undefined;
  timeoutMs?: number;
  /** How often a request that failed on the way, or that the daemon couldn't take just then, is sent again. */
  retries?: number;
}

export type Health = z.infer<typeof healthShow.result>;
export type HeartbeatReply = z.infer<NonNullable<typeof heartbeatReply>>;

const heartbeatReply = z.object({
  message: z.string(),
  host_id: z.string(),
  timestamp: z.string(),
  status: z.string(),
});
const errorReply = z.object({
  detail: z.string(),
  code: z.enum(codes).optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

const codeOf = (status: number): Code =>
  codes.find((code) => httpStatus[code] === status) ?? (status >= 500 ? "unavailable" : "invalid");

async function toRefusal(error: unknown): Promise<Refusal> {
  if (!(error instanceof HTTPError))
    return refuse("unavailable", error instanceof Error ? error.message : String(error));
  const said = errorReply.safeParse(error.data);
  const { status } = error.response;
  if (!said.success) return refuse(codeOf(status), `the answer was ${status}`);
  return refuse(said.data.code ?? codeOf(status), said.data.detail, said.data.errors);
}

async function ask<Reply extends z.ZodType>(
  reply: Reply,
  send: () => Promise<unknown>,
): Promise<Success<z.output<Reply>> | Refusal> {
  let body: unknown;
  try {
    body = await send();
  } catch (error) {
    return toRefusal(error);
  }
  const parsed = reply.safeParse(body);
  return parsed.success ? { ok: true, value: parsed.data } : refuse("unavailable", "what answers there is no Sentinel");
}

const client = ({ url, token, timeoutMs = 10 * SECOND, retries = 0 }: RestOptions) =>
  ky.create({
    prefix: url,
    timeout: timeoutMs,
    // A lost answer is asked for again too: a heartbeat that comes twice does no harm.
    retry: {
      limit: retries,
      methods: ["get", "post"],
      statusCodes: [408, 429, 500, 502, 503, 504],
      retryOnTimeout: true,
      jitter: true,
    },
    ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
  });

/** Is a Sentinel there, and how is it? Needs no token. */
export const readHealth = (options: RestOptions): Promise<Success<Health> | Refusal> =>
  ask(healthShow.result, () => client(options).get("api/v1/health").json());

/** One heartbeat over HTTP, for whoever has no connection open. */
export function postHeartbeat(
  { host, ...body }: HeartbeatArgs,
  options: RestOptions,
): Promise<Success<HeartbeatReply> | Refusal> {
  const { path } = heartbeatPost.rest ?? { path: "" };
  const route = path.slice(1).replace("{id}", encodeURIComponent(host));
  return ask(heartbeatReply, () => client(options).post(route, { json: body }).json());
}
