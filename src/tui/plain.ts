import { createSocket } from "../shared/client/socket.ts";
import type { ChangeList, SocketState } from "../shared/client/socket.ts";
import { systemClock } from "../shared/system-clock.ts";
import { cleanText } from "../shared/text.ts";
import type { Clock } from "../shared/time.ts";
import { describeAll, describeChanges } from "./state/describe.ts";
import { applyChanges, noEntities } from "./state/entities.ts";
import { timeOfDay } from "./state/time-of-day.ts";

export interface PlainOptions {
  url: string;
  token?: string | undefined;
  certFile?: string | undefined;
  version?: string | undefined;
  /** Takes one line, without its end. */
  write: (line: string) => void;
  /** Ends it; without one it follows for ever. */
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
}

/** The connection's changes in words, once each: a hundred tries to reconnect are one loss. */
function createReporter(url: string): (state: SocketState) => string | undefined {
  let known: "new" | "live" | "lost" | "refused" = "new";
  return (state) => {
    if (state.phase === "live") {
      const back = known === "lost" || known === "refused";
      known = "live";
      return back ? `connection back: ${url}` : `connected to ${url}`;
    }
    if (state.phase === "refused" && known !== "refused") {
      known = "refused";
      return `refused by ${url}: ${state.message}`;
    }
    if (state.phase === "waiting" && known !== "lost") {
      known = "lost";
      return `connection lost: ${state.reason}; trying again`;
    }
    return undefined;
  };
}

/** Follows a daemon as plain text, one line an event, until the signal: for logs, pipes and dumb terminals. */
export function runPlain({
  url,
  token,
  certFile,
  version = "0",
  write,
  signal,
  clock = systemClock,
  random = Math.random,
}: PlainOptions): Promise<void> {
  const report = createReporter(url);
  let entities = noEntities;
  let begun = false;
  const say = (text: string, at = clock.now()): void => write(`${timeOfDay(at)} ${cleanText(text)}`);

  function onChanges(list: ChangeList): void {
    const before = entities;
    entities = applyChanges(entities, [list]);
    if (begun) for (const { at, text } of describeChanges(before, entities)) say(text, at || clock.now());
    else for (const text of describeAll(entities)) say(text);
    begun = true;
  }

  const onState = (state: SocketState): void => {
    const text = report(state);
    if (text) say(text);
  };

  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const socket = createSocket({ url, token, certFile, client: `sentinel/${version}`, clock, random, onState });
    socket.watch({ since: 0, kinds: ["host", "status", "alert", "gap", "channel"], onChanges });
    signal?.addEventListener("abort", () => (socket.close(), resolve()), { once: true });
  });
}
