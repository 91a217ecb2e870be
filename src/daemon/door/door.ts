import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Settings } from "../../shared/model.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import type { Caller } from "../engine/engine.ts";
import { createProxies, neighbourhood, type Proxies } from "./address.ts";
import { createConnections } from "./connections.ts";
import { createCounter } from "./counter.ts";
import { isOwnOrigin } from "./origin.ts";

export type Via = "http" | "ws";

/** Who may come in, and how often. A token is counted by itself, whatever its address's neighbours do. */
export interface Door extends Proxies {
  /** Why a token's holder has to wait, if he does. On this connection others are counted no more. */
  refuseKnown(caller: Caller, via: Via, socket?: Socket): Refusal | undefined;
  /** Why somebody has to wait from whom there is no token that is known; `wrong` if there was another. */
  refuseUnknown(address: string, wrong: boolean, via: Via): Promise<Refusal | undefined>;
  /** Whether a browser's page, if it is one, may open a WebSocket. */
  admitsPage(request: Pick<IncomingMessage, "headers">): boolean;
  /** Counts the connections that come there. */
  watch(server: Server): void;
}

export interface DoorOptions {
  /** Ranges of addresses whose `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[] | undefined;
  /** The addresses of pages that may open a WebSocket. */
  origins?(): readonly string[];
  limits(): Settings["limits"];
  monotonic(): number;
  /** Called with what has had to wait: a token, one that isn't known, none (`public`), or a connection. */
  onRefuse?(what: "token" | "wrong" | "public" | "connection", via: Via): void;
}

/** Tokens are counted over this long: short, so that a moment's many don't shut out what comes after. */
const SPAN_MS = 10 * SECOND;

export function createDoor({ trustedProxies = [], origins, limits, monotonic, onRefuse }: DoorOptions): Door {
  const proxies = createProxies(trustedProxies);
  const take = createCounter(SPAN_MS, monotonic);
  const strangers = { wrong: perMinute(), public: perMinute() };
  const connections = createConnections({
    proxies,
    limits,
    onDrop: () => onRefuse?.("connection", "http"),
  });

  function refuseKnown({ host, name, token = name }: Caller, via: Via, socket?: Socket): Refusal | undefined {
    if (socket) connections.prove(socket);
    const { hostPerSecond, tokenPerSecond } = limits();
    const isHost = host !== undefined;
    const perSecond = isHost ? hostPerSecond : tokenPerSecond;
    const waitMs = take(isHost ? `host ${host}` : token, (perSecond * SPAN_MS) / SECOND);
    if (waitMs === 0) return undefined;
    onRefuse?.("token", via);
    return tooOften(`this token asks more than ${perSecond} times a second`, waitMs);
  }

  async function refuseUnknown(address: string, wrong: boolean, via: Via): Promise<Refusal | undefined> {
    const kind = wrong ? "wrong" : "public";
    const most = wrong ? limits().wrongPerMinute : limits().publicPerMinute;
    const counted = Object.assign(strangers[kind], { points: most });
    try {
      await counted.consume(neighbourhood(address));
      return undefined;
    } catch (full) {
      onRefuse?.(kind, via);
      const what = wrong ? "requests a minute with a token that isn't known here" : "requests a minute without a token";
      return tooOften(`this address makes more than ${most} ${what}`, (full as RateLimiterRes).msBeforeNext);
    }
  }

  return {
    ...proxies,
    refuseKnown,
    refuseUnknown,
    admitsPage: ({ headers }) => isOwnOrigin(headers, origins?.() ?? []),
    watch: connections.watch,
  };
}

const perMinute = () => new RateLimiterMemory({ points: 1, duration: MINUTE / SECOND });

const tooOften = (what: string, waitMs: number): Refusal => ({
  ...refuse("rate_limited", `${what}: try again in ${Math.ceil(waitMs / SECOND)} s`),
  waitMs,
});
