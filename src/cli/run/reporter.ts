import { randomUUID } from "node:crypto";
import { postPing } from "../../shared/client/ping.ts";
import { postHeartbeat } from "../../shared/client/rest.ts";
import { refuse } from "../../shared/errors.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { HeartbeatArgs } from "../../shared/protocol.ts";
import { explain } from "../call.ts";
import { findDaemon } from "../connect.ts";
import type { Address } from "../connect.ts";
import type { Environment } from "../environment.ts";
import { CliFailure, statuses } from "../failure.ts";
import { keptBytes } from "./job.ts";
import type { JobEnd } from "./job.ts";
import { lastLines } from "./tail.ts";

type Told = { ok: true } | Refusal;

/** Tells of one run: each call is one try. */
export interface Reporter {
  started(): Promise<Told>;
  ended(end: JobEnd): Promise<Told>;
}

const messageBytes = 1_000;

/** Over REST, as the host; the daemon is looked for at each try, because it may have come meanwhile. */
function hostReporter(host: string, flags: Address, env: Environment): Reporter {
  const run = randomUUID();

  async function post(said: Omit<HeartbeatArgs, "host">): Promise<Told> {
    const target = findDaemon(flags, env);
    const answer = await postHeartbeat({ host, run, ...said }, target);
    return answer.ok ? answer : explain(answer, target);
  }

  return {
    started: () => post({ status: "start" }),
    ended({ status: exitCode, durationMs, written }) {
      const message = lastLines(written, messageBytes);
      return post({ exitCode, metrics: { durationMs }, ...(message ? { message } : {}) });
    },
  };
}

/** Over a ping URL, of this daemon or of any that speaks the same. */
function pingReporter(pingUrl: string): Reporter {
  const run = randomUUID();
  return {
    started: () => postPing(pingUrl, { action: "start", run }),
    ended: ({ status, written }) => postPing(pingUrl, { action: status, run, body: lastLines(written, keptBytes) }),
  };
}

const silent = (refusal: Refusal): Reporter => ({
  started: () => Promise.resolve(refusal),
  ended: () => Promise.resolve(refusal),
});

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** What can't be told is a reason, never the end of the job. */
async function orReason(tell: () => Promise<Told>): Promise<Told> {
  try {
    return await tell();
  } catch (error) {
    const isPassing = error instanceof CliFailure && error.status === statuses.unavailable;
    return refuse(isPassing ? "unavailable" : "invalid", error instanceof Error ? error.message : String(error));
  }
}

function chooseReporter(host: string | undefined, flags: Address, env: Environment): Reporter {
  if (host !== undefined) return hostReporter(host, flags, env);
  if (env.pingUrl === undefined) return silent(refuse("invalid", "name its host, or set SENTINEL_PING_URL"));
  if (!isWebAddress(env.pingUrl)) return silent(refuse("invalid", "SENTINEL_PING_URL is no web address"));
  return pingReporter(env.pingUrl);
}

/** Where a job's run is told: to its host's daemon, or to the ping URL in the environment. */
export function createReporter(host: string | undefined, flags: Address, env: Environment): Reporter {
  const reporter = chooseReporter(host, flags, env);
  return {
    started: () => orReason(() => reporter.started()),
    ended: (end) => orReason(() => reporter.ended(end)),
  };
}
