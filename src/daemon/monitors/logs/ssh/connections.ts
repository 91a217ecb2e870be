import { SECOND } from "../../../../shared/time.ts";
import { createConnection, type Connection } from "./connection.ts";
import { dial, type Passed, type SshDeps } from "./dial.ts";
import { SshFault } from "./fault.ts";
import { serverName, type SshServer, type SshTarget } from "./target.ts";

/** How long a connection that nobody uses is kept. */
const idleMs = 60 * SECOND;

export interface Wanted {
  target: SshTarget;
  /** Whom Sentinel's commands name: its id of the host. */
  host: string;
  signal: AbortSignal;
}

/** A connection that is ours until we give it back. */
export interface Lease {
  connection: Connection;
  /** More than once is as good as once. */
  release(): void;
}

/** The daemon's SSH connections: one a server and log-in, shared by all who want it. */
export interface Connections {
  /** The connection that there is, or a new one. Throws an `SshFault`. */
  lease(wanted: Wanted): Promise<Lease>;
  /** One that nobody shares, telling each step of making it that went well. Throws an `SshFault`. */
  fresh(wanted: Wanted, passed: (step: Passed) => void): Promise<Lease>;
  close(): void;
}

interface Kept {
  connection: Promise<Connection>;
  made?: Connection;
  users: number;
  /** Calls it off while it is being made. */
  giveUp: AbortController;
  stopIdling: () => void;
}

export function createConnections(deps: SshDeps): Connections {
  const { clock } = deps;
  const kept = new Map<string, Kept>();

  /** `reach` is how to get at the jump host, if there is one. */
  async function make(
    { target, host, signal }: Wanted,
    reach: typeof lease,
    passed?: (step: Passed) => void,
  ): Promise<Connection> {
    const { jump, ...server } = target;
    const way = jump && (await reach({ target: jump, host, signal }));
    try {
      const through = way && ((to: SshServer) => way.connection.forward(to));
      const connection = createConnection(await dial(server, deps, { host, signal, through, passed }), server);
      // The way is held for as long as what goes through it lasts.
      connection.onLost(() => way?.release());
      return connection;
    } catch (error) {
      way?.release();
      throw error;
    }
  }

  function begin(key: string, target: SshTarget, host: string): Kept {
    const giveUp = new AbortController();
    const connection = make({ target, host, signal: giveUp.signal }, lease);
    const entry: Kept = { connection, users: 0, giveUp, stopIdling: () => {} };
    const forget = (): void => {
      entry.stopIdling();
      if (kept.get(key) === entry) kept.delete(key);
    };
    connection.then((made) => {
      entry.made = made;
      made.onLost(forget);
    }, forget);
    kept.set(key, entry);
    return entry;
  }

  async function lease({ target, host, signal }: Wanted): Promise<Lease> {
    const key = keyOf(target);
    const there = kept.get(key);
    // A cut one is lost before it is told so.
    const entry = there && !there.made?.lost ? there : begin(key, target, host);
    entry.users++;
    entry.stopIdling();
    const release = once(() => {
      entry.users--;
      if (entry.users > 0) return;
      if (entry.made) entry.stopIdling = clock.after(idleMs, () => end(key, entry));
      else end(key, entry);
    });
    try {
      return { connection: await unlessStopped(entry.connection, signal, target), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async function fresh(wanted: Wanted, passed: (step: Passed) => void): Promise<Lease> {
    const connection = await make(wanted, (jump) => fresh(jump, passed), passed);
    return { connection, release: once(() => connection.end()) };
  }

  function end(key: string, entry: Kept): void {
    if (kept.get(key) === entry) kept.delete(key);
    entry.giveUp.abort();
    entry.stopIdling();
    entry.connection.then(
      (connection) => connection.end(),
      () => {},
    );
  }

  return {
    lease,
    fresh,
    close: () => kept.forEach((entry, key) => end(key, entry)),
  };
}

const keyOf = ({ jump, ...server }: SshTarget): string =>
  JSON.stringify([server, jump].map((one) => one && [serverName(one), one.user, one.keyFile, one.agentSocket]));

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}

/** The wait of one of several who wait for the same: calling it off leaves the others theirs. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal, target: SshTarget): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(new SshFault("connect", "stopped", `${serverName(target)}: stopped`));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
