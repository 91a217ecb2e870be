import { readHealth } from "../../shared/client/rest.ts";
import { SECOND } from "../../shared/time.ts";
import { callDaemon, readAdminToken, readRunning } from "../connect.ts";
import type { Target } from "../connect.ts";
import { CliFailure, failureOf, statuses } from "../failure.ts";

export interface Wanted {
  data: string;
  listen: { host: string; port: number };
  /** One that the person gave; the folder's own is for the folder's own daemon only. */
  token?: string | undefined;
}

const probeMs = 2 * SECOND;

const answers = async (url: string): Promise<string | undefined> => {
  const health = await readHealth({ url, timeoutMs: probeMs });
  return health.ok ? health.value.version : undefined;
};

async function assertToken(target: Target): Promise<Target> {
  const answer = await callDaemon(target, "health.show", {});
  if (answer.ok) return target;
  throw failureOf({ ...answer, message: `a Sentinel already runs here, but: ${answer.message}` });
}

function addressOf({ host, port }: Wanted["listen"]): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/**
 * The Sentinel that runs on this data folder, or on this address if our token opens it; undefined when a new one is to
 * be started. One that is there but isn't ours ends this with what to do.
 */
export async function findRunning({ data, listen, token }: Wanted): Promise<Target | undefined> {
  const note = readRunning(data);
  if (note && (await answers(note.url))) return assertToken({ url: note.url, token: token ?? readAdminToken(data) });
  if (listen.port === 0) return undefined;
  const url = addressOf(listen);
  const version = await answers(url);
  if (version === undefined) return undefined;
  if (token !== undefined) return assertToken({ url, token });
  throw new CliFailure(
    statuses.failed,
    `port ${listen.port} is taken by another Sentinel (${version}), which keeps its data elsewhere than ${data}.\n` +
      `Start this one beside it with --listen ${listen.host}:PORT, or open that one's console with \`sentinel-tui --url ${url} --token TOKEN\`.`,
  );
}
