import ky, { HTTPError, NetworkError, TimeoutError } from "ky";
import { z } from "zod";
import type { CommandSpec } from "../api/command.ts";
import { healthShow } from "../api/health.ts";
import { heartbeatPost } from "../api/heartbeat.ts";
import { codes, httpStatus, refuse, unreached } from "../errors.ts";
import type { Code, Refusal } from "../errors.ts";
import type { HeartbeatArgs } from "../protocol.ts";
import { pinnedFetch, socketFetch } from "./pinned.ts";
import type { Success } from "./requests.ts";
import { pingAdvice } from "./retry.ts";
import { socketPathOf } from "./unix.ts";

export interface RestOptions {
  url: string;
  token?: string | undefined;
  /** The certificate that the daemon must have: its name and who signed it don't matter then. */
  certFile?: string | undefined;
  timeoutMs?: number;
}

/** The jobs are asked for by themselves: here their instants are ISO 8601. */
const healthReply = healthShow.result.omit({ jobs: true });
export type Health = z.infer<typeof healthReply>;
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
  codes.find((code) => httpStatus[code] === status) ?? (status >= 500 || status === 408 ? "unavailable" : "invalid");

/** The innermost cause, which says most: `connect ECONNREFUSED 127.0.0.1:8080`. */
function rootOf(error: Error): Error {
  const causes = error instanceof AggregateError ? error.errors[0] : error.cause;
  return causes instanceof Error ? rootOf(causes) : error;
}

/** Why there was no answer. The request's address is left out: it may be a secret. */
function silence(error: unknown): string {
  if (error instanceof TimeoutError) return "no answer in time";
  if (error instanceof SyntaxError) return "what answers there is no Sentinel";
  if (!(error instanceof NetworkError)) return "the request failed";
  const root = rootOf(error);
  return root === error ? "no connection" : root.message || (root as { code?: string }).code || "no connection";
}

/** What went wrong with a request, in our codes. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof HTTPError)) return unreached(silence(error));
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
    return refusalOf(error);
  }
  const parsed = reply.safeParse(body);
  return parsed.success ? { ok: true, value: parsed.data } : unreached("what answers there is no Sentinel");
}

function client({ url, token, certFile, timeoutMs = pingAdvice.timeoutMs }: RestOptions) {
  const path = socketPathOf(url);
  return ky.create({
    prefix: path === undefined ? url : "http://localhost",
    timeout: timeoutMs,
    retry: 0,
    ...(path === undefined ? certFile && { fetch: pinnedFetch(certFile) } : { fetch: socketFetch(path) }),
    ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
  });
}

/** Is a Sentinel there, and how is it? Needs no token. */
export const readHealth = (options: RestOptions): Promise<Success<Health> | Refusal> =>
  ask(healthReply, () => client(options).get("api/v1/health").json());

/** One heartbeat over HTTP, for whoever has no connection open. One that comes twice does no harm. */
export function postHeartbeat(
  { host, ...body }: HeartbeatArgs,
  options: RestOptions,
): Promise<Success<HeartbeatReply> | Refusal> {
  const { path } = heartbeatPost.rest ?? { path: "" };
  const route = path.slice(1).replace("{id}", encodeURIComponent(host));
  return ask(heartbeatReply, () => client(options).post(route, { json: body }).json());
}

/** A command over HTTP: for arguments that are larger than a frame of the WebSocket may be. */
export const postCommand = <Result extends z.ZodType>(
  { rest, result }: Pick<CommandSpec<z.ZodType, Result>, "rest" | "result">,
  args: object,
  options: RestOptions,
): Promise<Success<z.output<Result>> | Refusal> =>
  ask(result, () =>
    client(options)
      .post((rest?.path ?? "").slice(1), { json: args })
      .json(),
  );
