import { createSocket } from "../../shared/client/socket.ts";
import type { ChangeList, SocketState } from "../../shared/client/socket.ts";
import { systemClock } from "../../shared/system-clock.ts";
import { cleanText } from "../../shared/text.ts";
import type { Clock } from "../../shared/time.ts";
import { describeAll, describeChanges } from "../state/describe.ts";
import { applyChanges, noEntities } from "../state/entities.ts";
import { timeOfDay } from "../state/time-of-day.ts";
import { createPrompt } from "./prompt.ts";
import type { OtherCommand } from "./prompt.ts";
import { nothingListed } from "./session.ts";

export interface PlainOptions {
  url: string;
  token?: string | undefined;
  certFile?: string | undefined;
  version?: string | undefined;
  /** Takes one line, without its end. */
  write: (line: string) => void;
  /** What a person types, a line each; its end ends all. Without it there is only to be read. */
  typed?: AsyncIterable<string> | undefined;
  other?: OtherCommand | undefined;
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

/** Lines about what happens, which can be held back for a while. */
function createEvents(write: (line: string) => void, clock: Clock) {
  let held: number | undefined;
  function say(text: string, at = clock.now()): void {
    if (held === undefined) write(`${timeOfDay(at)} ${cleanText(text)}`);
    else held += 1;
  }
  function follow(on: boolean): number {
    const count = held ?? 0;
    held = on ? undefined : count;
    return count;
  }
  return { say, follow };
}

/**
 * Follows a daemon as plain text, one line an event, until the signal: for logs, pipes, dumb terminals and screen
 * readers. What is typed is answered in lines as well; nothing that was written ever changes or moves.
 */
export function runPlain({
  url,
  token,
  certFile,
  version = "0",
  write,
  typed,
  other,
  signal,
  clock = systemClock,
  random = Math.random,
}: PlainOptions): Promise<void> {
  const report = createReporter(url);
  const events = createEvents(write, clock);
  let entities = noEntities;
  let begun = false;
  let skewMs = 0;

  function onChanges(list: ChangeList): void {
    const before = entities;
    entities = applyChanges(entities, [list]);
    if (begun) for (const { at, text } of describeChanges(before, entities)) events.say(text, at || clock.now());
    else for (const text of describeAll(entities)) events.say(text);
    if (!begun && typed) write("Type help for what can be typed.");
    begun = true;
  }

  const onState = (state: SocketState): void => {
    if (state.phase === "live") skewMs = state.welcome.now - clock.now();
    const text = report(state);
    if (text) events.say(text);
  };

  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const socket = createSocket({ url, token, certFile, client: `sentinel/${version}`, clock, random, onState });
    socket.watch({ since: 0, kinds: ["host", "status", "alert", "gap", "channel"], onChanges });
    const end = (): void => (socket.close(), resolve());
    signal?.addEventListener("abort", end, { once: true });
    if (!typed) return;
    const session = {
      entities: () => entities,
      now: () => clock.now() + skewMs,
      ask: socket.command,
      listed: nothingListed(),
    };
    const say = (line: string): void => write(cleanText(line));
    void answerAll(typed, createPrompt({ session, say, follow: events.follow, other, quit: end })).then(end);
  });
}

async function answerAll(typed: AsyncIterable<string>, answer: (line: string) => Promise<void>): Promise<void> {
  for await (const line of typed) await answer(line);
}
