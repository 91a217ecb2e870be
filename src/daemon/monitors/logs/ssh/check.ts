import type { Request, Source, Step } from "../sources/source.ts";
import type { Connections } from "./connections.ts";
import { SshFault } from "./fault.ts";
import type { SshTarget } from "./target.ts";

/** A step on the way to a log, and what came of it. */
export interface Checked {
  /** Whose step it is: the server's, `web01:22`, or its jump host's. */
  server?: string;
  step: Step;
  ok: boolean;
  detail: string;
  tookMs: number;
}

/** As many lines show that it works. */
const lines = 10;

/**
 * Goes the whole way to a host's log by a connection of its own, and tells each step until one fails; the last is a
 * small collection, of which nothing is kept.
 */
export async function checkSource(
  source: Source<SshTarget>,
  { options, limits, signal, clock, means }: Omit<Request<SshTarget>, "cursor">,
): Promise<Checked[]> {
  const { ssh } = means;
  if (ssh === undefined) throw new TypeError("an SSH source needs connections");
  const checked: Checked[] = [];
  let startedAt = clock.monotonic();
  const tell = (step: Step, ok: boolean, detail: string): void => {
    checked.push({ step, ok, detail, tookMs: Math.round(clock.monotonic() - startedAt) });
  };
  try {
    const lease = await ssh.connections.fresh({ target: options, host: ssh.host, signal }, (passed) => {
      checked.push({ ...passed, ok: true });
      startedAt = clock.monotonic();
    });
    const connections: Connections = { ...ssh.connections, lease: async () => ({ ...lease, release: () => {} }) };
    const request = { options, cursor: undefined, limits: { ...limits, lines }, signal, clock };
    const collected = await source
      .collect({ ...request, means: { ...means, ssh: { ...ssh, connections } } })
      .finally(lease.release);
    for (const { step, message } of collected.faults) tell(step, false, message);
    if (collected.faults.length === 0) tell("read", true, sayRead(collected.lines.length, collected.more));
  } catch (error) {
    if (!(error instanceof SshFault)) throw error;
    tell(error.step, false, error.message);
  }
  return checked;
}

const sayRead = (count: number, more: boolean): string =>
  `${count === 1 ? "a line" : `${count} lines`} read${more ? ", and there are more" : ""}`;
