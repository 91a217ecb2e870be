import type { ArgsInput, CommandName, Result } from "../api/registry.ts";
import { closeCodes, refuse, unreached } from "../errors.ts";
import type { Refusal } from "../errors.ts";
import { limits, WS_PATH } from "../protocol.ts";
import type { HeartbeatArgs, ServerFrame, WelcomeFrame } from "../protocol.ts";
import { SECOND } from "../time.ts";
import type { Clock } from "../time.ts";
import { backoffMs, quickBackoff } from "./backoff.ts";
import type { Backoff } from "./backoff.ts";
import { createFeed } from "./feed.ts";
import type { Feed, Watch } from "./feed.ts";
import { openLink } from "./link.ts";
import type { Ending, Link } from "./link.ts";
import { createRequests } from "./requests.ts";
import { socketPathOf } from "./unix.ts";
import type { Ack, Answer, Success } from "./requests.ts";

export type { ChangeList, Watch, WatchedEntity } from "./feed.ts";
export type { Ack, Success } from "./requests.ts";

/** Where the connection stands. `attempt` counts the tries since it was last steadily live, from 1. */
export type SocketState =
  | { phase: "connecting"; attempt: number }
  | { phase: "live"; welcome: WelcomeFrame }
  | { phase: "waiting"; attempt: number; retryAt: number; reason: string }
  /** Close code 4401 or 4403. It is tried again, but rarely: the token may come to be valid. */
  | { phase: "refused"; code: number; message: string; retryAt: number }
  | { phase: "closed" };

export interface SocketOptions {
  /** The daemon's address (`http://…`, `ws://…`), with or without the path. */
  url: string;
  token?: string | undefined;
  /** The certificate that the daemon must have: its name and who signed it don't matter then. */
  certFile?: string | undefined;
  /** `name/version`, for the daemon's log. */
  client: string;
  clock: Clock;
  /** In [0, 1), as Math.random. */
  random: () => number;
  /** Called at each change; the first state is `connecting`. */
  onState?: (state: SocketState) => void;
  backoff?: Backoff;
  /** How long one try may take, from the dial to `welcome`. */
  attemptMs?: number;
  /** How long to wait before a refused token is tried again. */
  refusedMs?: number;
  maxPayloadBytes?: number;
}

export interface CommandOptions {
  /** A UUID that makes the command idempotent: after `unavailable` it may be sent again with the same key. */
  key?: string;
  timeoutMs?: number;
}

export interface SentinelSocket {
  state(): SocketState;
  /** Milliseconds since anything was heard; undefined when not live. */
  quietMs(): number | undefined;
  heartbeat(args: HeartbeatArgs, options?: { timeoutMs?: number }): Promise<Ack | Refusal>;
  command<N extends CommandName>(
    name: N,
    args: ArgsInput<N>,
    options?: CommandOptions,
  ): Promise<Success<Result<N>> | Refusal>;
  /** Follows the feed across reconnects; there is one watch a socket, a second call replaces the first. */
  watch(watch: Watch): { stop(): void; position(): { rev: number; instance: string | undefined } };
  close(): void;
}

const missedBeats = 2.5;
/** A daemon that welcomes and dies at once must not be dialled ten times a second. */
const steadyMs = 5 * SECOND;

/** The daemon's WebSocket address from whatever a person gave: `localhost:3000` becomes `ws://localhost:3000/api/v1/ws`. */
export function feedUrl(url: string): string {
  const path = socketPathOf(url);
  if (path !== undefined) return `ws+unix:${path}:${WS_PATH}`;
  const parsed = new URL(/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`);
  parsed.protocol = parsed.protocol === "https:" || parsed.protocol === "wss:" ? "wss:" : "ws:";
  const route = parsed.pathname.replace(/\/+$/, "");
  parsed.pathname = route.endsWith(WS_PATH) ? route : route + WS_PATH;
  parsed.hash = "";
  return parsed.href;
}

function whyNot(state: SocketState): Refusal | undefined {
  if (state.phase === "waiting") return unreached(`no connection to the daemon: ${state.reason}`);
  if (state.phase === "refused")
    return refuse(state.code === closeCodes.forbidden ? "forbidden" : "unauthorized", state.message);
  if (state.phase === "closed") return unreached("the connection is closed");
  return undefined;
}

/**
 * A connection to the daemon that never gives up. It dials at once; what is asked while it dials waits for the answer
 * to that try, what is asked between tries fails at once with `unavailable`, and so does all that a lost
 * connection leaves unanswered.
 */
export function createSocket(options: SocketOptions): SentinelSocket {
  const { clock, random, attemptMs = 5 * SECOND, refusedMs = 30 * SECOND, backoff = quickBackoff } = options;
  const requests = createRequests({ clock });
  const url = feedUrl(options.url);
  let state: SocketState = { phase: "connecting", attempt: 1 };
  let attempt = 1;
  let liveAt: number | undefined;
  let link: Link | undefined;
  let feed: Feed | undefined;
  let cancelRetry = (): void => {};

  function enter(next: SocketState): void {
    state = next;
    options.onState?.(next);
  }

  function dial(): void {
    const { token, certFile, client, maxPayloadBytes = 16 * 1024 * 1024 } = options;
    const silenceMs = (): number => missedBeats * (feed ? limits.feedIdleMs : limits.pingMs);
    link = openLink({
      url,
      token,
      certFile,
      client,
      clock,
      attemptMs,
      maxPayloadBytes,
      silenceMs,
      onWelcome,
      onFrame,
      onEnd,
    });
  }

  function onWelcome(welcome: WelcomeFrame): void {
    liveAt = clock.monotonic();
    if (feed) link?.send(JSON.stringify(feed.start(welcome.instance)));
    enter({ phase: "live", welcome });
    requests.open((text) => link?.send(text));
  }

  function onFrame(frame: ServerFrame): void {
    if (frame.type === "changes") feed?.take(frame);
    else if (frame.type !== "welcome") requests.answer(frame);
  }

  function retry(): void {
    attempt += 1;
    enter({ phase: "connecting", attempt });
    dial();
  }

  function onEnd(ending: Ending): void {
    link = undefined;
    if (liveAt !== undefined && clock.monotonic() - liveAt >= steadyMs) attempt = 1;
    liveAt = undefined;
    const delayMs = ending.kind === "refused" ? refusedMs : backoffMs(attempt, random, backoff);
    const retryAt = clock.now() + delayMs;
    cancelRetry = clock.after(delayMs, retry);
    enter(
      ending.kind === "refused"
        ? { phase: "refused", code: ending.code, message: ending.message, retryAt }
        : { phase: "waiting", attempt, retryAt, reason: ending.reason },
    );
    requests.close(whyNot(state) ?? unreached("the connection was lost"));
  }

  const ask = (frame: object, timeoutMs: number): Promise<Answer> => {
    const no = whyNot(state);
    return no ? Promise.resolve(no) : requests.ask(frame, timeoutMs);
  };

  function watch(wanted: Watch): ReturnType<SentinelSocket["watch"]> {
    const mine = createFeed(wanted);
    feed = mine;
    if (state.phase === "live") link?.send(JSON.stringify(mine.start(state.welcome.instance)));
    return {
      position: mine.position,
      stop: () => {
        if (feed === mine) feed = undefined;
      },
    };
  }

  function close(): void {
    cancelRetry();
    link?.close();
    link = undefined;
    enter({ phase: "closed" });
    requests.close(unreached("the connection is closed"));
  }

  dial();
  return {
    state: () => state,
    quietMs: () => (link && state.phase === "live" ? clock.monotonic() - link.heardAt() : undefined),
    heartbeat: (args, { timeoutMs = 15 * SECOND } = {}) =>
      ask({ type: "heartbeat", ...args }, timeoutMs) as Promise<Ack | Refusal>,
    command: <N extends CommandName>(
      name: N,
      args: ArgsInput<N>,
      { key, timeoutMs = 30 * SECOND }: CommandOptions = {},
    ) =>
      ask({ type: "command", name, args, ...(key ? { key } : {}) }, timeoutMs) as Promise<Success<Result<N>> | Refusal>,
    watch,
    close,
  };
}
