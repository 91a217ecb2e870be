import type { Duplex } from "node:stream";
import type { AnyAuthMethod, AuthHandlerMiddleware, Client, NextAuthHandler } from "ssh2";
import type { Clock } from "../../../../shared/time.ts";
import { codeIn } from "../../../../shared/error-code.ts";
import { SECOND } from "../../../../shared/time.ts";
import type { Step } from "../sources/source.ts";
import { algorithms } from "./algorithms.ts";
import { waysIn, type OwnCredentials } from "./credentials.ts";
import { quote, SshFault } from "./fault.ts";
import { hostKeyAlgorithms, judgeHostKey, type HostKeys } from "./host-key.ts";
import { lookUp, open, resolve, type Lookup } from "./socket.ts";
import { within } from "./steps.ts";
import { serverName, type SshServer } from "./target.ts";

/** A step that went well. */
export interface Passed {
  /** `web01:22`, or its jump host. */
  server: string;
  step: Step;
  /** What was found, for people. */
  detail: string;
  tookMs: number;
}

/** What every connection needs of the daemon. */
export interface SshDeps {
  clock: Clock;
  hostKeys: HostKeys;
  own?: OwnCredentials;
  lookup?: Lookup;
}

export interface Dialing {
  /** Whom Sentinel's commands name: its id of the host. */
  host: string;
  signal: AbortSignal;
  /** How its jump host passes the connection on. */
  through?: ((server: SshServer) => Promise<Duplex>) | undefined;
  passed?: ((step: Passed) => void) | undefined;
}

/** A client that is logged in, and what it speaks over. */
export interface Dialed {
  client: Client;
  socket: Duplex;
}

const keepaliveMs = 15 * SECOND;

/** Connects and logs in. Each step has its time, and fails as an `SshFault` that says which it was. */
export async function dial(server: SshServer, deps: SshDeps, dialing: Dialing): Promise<Dialed> {
  const { clock, lookup = lookUp } = deps;
  const { signal, through, passed } = dialing;
  const who = serverName(server);
  async function step<T>(name: Step, work: Promise<T>, detail: (result: T) => string): Promise<T> {
    const startedAt = clock.monotonic();
    const result = await within(name, who, work, { clock, signal });
    passed?.({ server: who, step: name, detail: detail(result), tookMs: Math.round(clock.monotonic() - startedAt) });
    return result;
  }

  const over = new AbortController();
  try {
    const socket = through
      ? await step("connect", through(server), () => `${who}, through the jump host`)
      : await resolved().then((addresses) =>
          step("connect", open(server, addresses, over.signal), (made) => `${made.remoteAddress}, port ${server.port}`),
        );
    over.signal.addEventListener("abort", () => socket.destroy());
    const talk = await converse(server, socket, deps, dialing.host);
    await step("handshake", talk.shown, () => "it speaks SSH");
    await step("host-key", talk.judged, String);
    await step("authenticate", talk.ready, (way) => `as ${server.user}, with ${way}`);
    return { client: talk.client, socket };
  } catch (error) {
    over.abort();
    throw error;
  }

  function resolved() {
    return step("resolve", resolve(server, lookup), (all) => all.map(({ address }) => address).join(", "));
  }
}

interface Talk {
  client: Client;
  /** Its key came. */
  shown: Promise<void>;
  /** Its key is the right one; resolves to which it is. */
  judged: Promise<string>;
  /** We are logged in; resolves to how. */
  ready: Promise<string>;
}

/** Begins to speak SSH; what comes of it are promises, each of which fails once anything has. */
async function converse(
  server: SshServer,
  socket: Duplex,
  { hostKeys, own = {} }: SshDeps,
  host: string,
): Promise<Talk> {
  const who = serverName(server);
  const { Client } = (await import("ssh2")).default;
  const client = new Client();
  const [shown, judged, ready] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<string>(),
    Promise.withResolvers<string>(),
  ];
  // Those that have come about by then stay as they are.
  const fail = (error: unknown): void => [shown, judged, ready].forEach(({ reject }) => reject(error));
  for (const { promise } of [shown, judged, ready]) promise.catch(() => {});

  let step: Step = "handshake";
  let judgement = "";
  const ways = knock(server, own, fail);
  client
    .on("error", (error) => fail(faultOf(step, who, error, ways.tried)))
    .on("close", () => fail(new SshFault(step, "cut", `${who} cut the connection`)))
    .once("handshake", () => {
      step = "authenticate";
      judged.resolve(judgement);
    })
    .once("ready", () => ready.resolve(ways.tried.at(-1) ?? ""))
    .connect({
      sock: socket,
      username: server.user,
      // The steps have times of their own, by the clock that is handed in.
      readyTimeout: 0,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
      algorithms: { ...algorithms, serverHostKey: hostKeyAlgorithms(hostKeys.pinned(who)) },
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
        step = "host-key";
        shown.resolve();
        judgeHostKey(key, who, hostKeys, host).then(
          (good) => {
            judgement = good;
            verify(true);
          },
          (error: unknown) => {
            fail(error);
            verify(false);
          },
        );
      },
      authHandler: ways.handler,
    });
  return { client, shown: shown.promise, judged: judged.promise, ready: ready.promise };
}

/** Tries one way in after the other. */
function knock(server: SshServer, own: OwnCredentials, fail: (error: unknown) => void) {
  const ways = waysIn(server, own);
  const tried: string[] = [];
  const named = (way: AnyAuthMethod): string =>
    way.type === "agent" ? `the agent at ${String(way.agent)}` : `the key ${server.keyFile}`;
  const next = async (left: readonly string[], partial: boolean, go: NextAuthHandler): Promise<void> => {
    const { value: way } = await ways.next();
    if (way) {
      tried.push(named(way));
      return go(way);
    }
    const hint = partial
      ? `that was right, but it wants ${quote(left.join(", "))} as well, which no daemon can give`
      : "see that the public half is in that user's authorized_keys, and what the server's own log says";
    const what = `${serverName(server)} doesn't let ${server.user} in with ${tried.join(" or ")}: ${hint}`;
    fail(new SshFault("authenticate", "denied", what));
  };
  const handler: AuthHandlerMiddleware = (left, partial, go) => void next(left ?? [], partial, go).catch(fail);
  return { handler, tried };
}

/** What the library says of a connection that isn't up yet. */
function faultOf(step: Step, who: string, error: Error & { level?: string }, tried: readonly string[]): SshFault {
  const said = quote(error.message);
  const fault = (reason: SshFault["reason"], what: string): SshFault =>
    new SshFault(step, reason, `${who}${what}`, error);
  if (error.level === "agent") return fault("agent", `: ${tried.at(-1)} doesn't answer (${said}): see that it runs`);
  if (error.level === "client-socket") return fault("cut", ` cut the connection (${codeIn(error) ?? said})`);
  const missing = /no matching (.+)$/.exec(error.message)?.[1];
  if (missing) return fault("no-algorithm", ` has no ${quote(missing)} that is still safe: update its SSH server`);
  if (step === "handshake")
    return fault("not-ssh", ` doesn't answer as an SSH server (${said}): see that the port is right`);
  return fault(step === "authenticate" ? "denied" : "cut", ` ended it: ${said}`);
}
