import { createSocket } from "../shared/client/socket.ts";
import type { SocketState } from "../shared/client/socket.ts";
import { refuse } from "../shared/errors.ts";
import type { Refusal } from "../shared/errors.ts";
import { formatDuration, MINUTE, SECOND } from "../shared/time.ts";
import type { Clock } from "../shared/time.ts";
import { createBacklog } from "./backlog.ts";
import type { HeldBeat } from "./backlog.ts";
import { measure } from "./measure.ts";

export interface AgentOptions {
  url: string;
  token: string;
  certFile?: string | undefined;
  host: string;
  /** `name/version`, for the daemon's log. */
  client: string;
  clock: Clock;
  random: () => number;
  readMetrics(): Promise<Record<string, number>>;
  /** One line for the log. */
  say(line: string): void;
  /** How many heartbeats are held back at the most while the line is down. */
  capacity?: number;
}

export interface Agent {
  stop(): void;
}

// Until the daemon has said what it expects.
const unknownPeriodMs = MINUTE;
// A daemon that expects the next one at once would be flooded.
const shortestPeriodMs = SECOND;

/** What the daemon couldn't take just then, or never heard: it is handed in later. */
const isPassing = ({ code }: Refusal): boolean => code === "unavailable" || code === "rate_limited";

/** A schedule by the clock gives a slightly other period each time; that is no news. */
const isNews = (wasMs: number, nowMs: number): boolean => Math.abs(nowMs - wasMs) > wasMs / 20;

/** Posts this machine's heartbeats at the period that the daemon asks for, and at once on every new connection. */
export function startAgent(options: AgentOptions): Agent {
  const { clock, host, say, capacity = 1_000 } = options;
  const backlog = createBacklog(capacity);
  let periodMs = unknownPeriodMs;
  let lastAt = clock.monotonic();
  let cancelNext = (): void => {};
  let stopped = false;
  let handingIn = false;
  let dropped = 0;
  const said = new Map<"heartbeat" | "metrics", string>();

  /** The same trouble is told once, until it is over. */
  function sayOnce(topic: "heartbeat" | "metrics", line: string): void {
    if (line !== said.get(topic)) say(line);
    said.set(topic, line);
  }

  function schedule(): void {
    cancelNext();
    if (!stopped) cancelNext = clock.after(lastAt + periodMs - clock.monotonic(), () => void beat());
  }

  function keep(beatToKeep: HeldBeat): void {
    if (backlog.keep(beatToKeep)) return;
    dropped += 1;
    if (dropped === 1)
      say(`the line has been down for long: the oldest of ${capacity} heartbeats held back are dropped from now on`);
  }

  function adopt(saidMs: number): void {
    const wantedMs = Math.max(shortestPeriodMs, saidMs);
    if (wantedMs === periodMs) return;
    if (isNews(periodMs, wantedMs)) say(`a heartbeat every ${formatDuration(wantedMs)}`);
    periodMs = wantedMs;
    schedule();
  }

  async function readMetrics(): Promise<Record<string, number>> {
    const { metrics, trouble } = await measure(options.readMetrics, clock);
    if (trouble === undefined) said.delete("metrics");
    else sayOnce("metrics", `heartbeats go without metrics: ${trouble}`);
    return metrics;
  }

  async function beat(): Promise<void> {
    lastAt = clock.monotonic();
    schedule();
    const at = clock.now();
    const metrics = await readMetrics();
    const answer =
      socket.state().phase === "live"
        ? await socket.heartbeat({ host, metrics })
        : refuse("unavailable", "no connection");
    if (stopped) return;
    if (answer.ok) {
      said.delete("heartbeat");
      adopt(answer.periodMs);
      await handIn();
    } else if (isPassing(answer)) keep({ host, metrics, at });
    else sayOnce("heartbeat", `the daemon refuses this heartbeat: ${answer.message}`);
  }

  const lost = (): string => (dropped > 0 ? `; ${dropped} older ones were dropped` : "");

  /** One after the other, so that an old backlog never crowds out what is current. */
  async function handIn(): Promise<void> {
    if (handingIn || backlog.size() === 0) return;
    handingIn = true;
    let count = 0;
    for (let held = backlog.next(clock.now()); held; held = backlog.next(clock.now())) {
      const answer = await socket.heartbeat({ ...held, buffered: true });
      if (!answer.ok && isPassing(answer)) break;
      backlog.done(held);
      if (answer.ok) count += 1;
      else sayOnce("heartbeat", `the daemon refuses a heartbeat held back: ${answer.message}`);
    }
    handingIn = false;
    if (count > 0) say(`handed in ${count} heartbeats that were held back${lost()}`);
    if (backlog.size() === 0) dropped = 0;
  }

  function onState(state: SocketState): void {
    if (state.phase === "live") {
      say(`connected to ${options.url}`);
      void beat();
    }
    if (state.phase === "waiting" && state.attempt === 1)
      say(`the line to ${options.url} is down (${state.reason}); heartbeats are held back`);
    if (state.phase === "refused")
      sayOnce(
        "heartbeat",
        `the daemon refuses this agent: ${state.message}. Check its token: \`sentinel host token ${host}\``,
      );
  }

  const { url, token, certFile, client, random } = options;
  const socket = createSocket({ url, token, certFile, client, clock, random, onState });
  schedule();

  function stop(): void {
    stopped = true;
    cancelNext();
    socket.close();
  }

  return { stop };
}
