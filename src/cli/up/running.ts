import { readHealth } from "../../shared/client/rest.ts";
import { SECOND } from "../../shared/time.ts";
import { callDaemon } from "../call.ts";
import { readAdminToken, readRunning } from "../connect.ts";
import type { Target } from "../connect.ts";
import { CliFailure, failureOf, statuses } from "../failure.ts";

export interface Wanted {
  data: string;
  listen: { host: string; port: number };
  tls?: { certFile: string } | undefined;
  /** One that the person gave; the folder's own is for the folder's own daemon only. */
  token?: string | undefined;
}

const probeMs = 2 * SECOND;

const answers = async ({ url, certFile }: Target): Promise<string | undefined> => {
  const health = await readHealth({ url, certFile, timeoutMs: probeMs });
  return health.ok ? health.value.version : undefined;
};

async function assertToken(target: Target): Promise<Target> {
  const answer = await callDaemon(target, "health.show", {});
  if (answer.ok) return target;
  throw failureOf({ ...answer, message: `a Sentinel already runs here, but: ${answer.message}` });
}

function addressOf({ listen: { host, port }, tls }: Wanted): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${tls ? "https" : "http"}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/**
 * The Sentinel that runs on this data folder, or on this address if our token opens it; undefined when a new one is to
 * be started. One that is there but isn't ours ends this with what to do.
 */
export async function findRunning(wanted: Wanted): Promise<Target | undefined> {
  const { data, listen, token, tls } = wanted;
  const note = readRunning(data);
  if (note && (await answers(note)))
    return assertToken({ url: note.url, token: token ?? readAdminToken(data), certFile: note.certFile });
  if (listen.port === 0) return undefined;
  const there = { url: addressOf(wanted), certFile: tls?.certFile };
  const version = await answers(there);
  if (version === undefined) return undefined;
  if (token !== undefined) return assertToken({ ...there, token });
  throw new CliFailure(
    statuses.failed,
    `port ${listen.port} is taken by another Sentinel (${version}), which keeps its data elsewhere than ${data}.\n` +
      `Start this one beside it with --listen ${listen.host}:PORT, or open that one's console with \`sentinel-tui --url ${there.url} --token-file FILE\`.`,
  );
}
