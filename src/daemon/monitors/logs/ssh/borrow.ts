import type { Clock } from "../../../../shared/time.ts";
import type { Means } from "../sources/source.ts";
import type { Connection } from "./connection.ts";
import { SshFault } from "./fault.ts";
import type { SshMeans } from "./means.ts";
import type { SshTarget } from "./target.ts";

interface Borrowing {
  options: SshTarget;
  means: Means;
  signal: AbortSignal;
  clock: Clock;
}

/** Lends a connection to that server for one collection. */
export async function borrow<T>(
  { options, means, signal, clock }: Borrowing,
  use: (connection: Connection, wait: { signal: AbortSignal; clock: Clock }) => Promise<T>,
): Promise<T> {
  const { connections, host } = meansOf(means);
  for (let again = false; ; again = true) {
    const { connection, release } = await connections.lease({ target: options, host, signal });
    try {
      return await use(connection, { signal, clock });
    } catch (error) {
      // One that was kept may have been cut long ago, which shows only once it is used.
      const wasCut = error instanceof SshFault && error.step === "channel" && error.reason === "cut";
      if (!wasCut || again) throw error;
    } finally {
      release();
    }
  }
}

/** What an SSH source needs; that it is there the daemon sees to. */
export function meansOf({ ssh }: Means): SshMeans {
  if (ssh === undefined) throw new TypeError("an SSH source needs connections");
  return ssh;
}
