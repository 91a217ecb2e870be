import type { Beat, Host, RecentBeat, Run } from "../../shared/model.ts";
import { cleanText } from "../../shared/text.ts";
import { formatDuration, SECOND } from "../../shared/time.ts";
import { need, valueOf } from "./needs.ts";
import type { Need } from "./needs.ts";
import type { StyledLine } from "./part.ts";
import { daemonNow } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";
import { timeOrDay } from "./time-of-day.ts";
import { hanging } from "./wrap.ts";

/** So many under way are shown, and so many that have ended. */
const runsShown = 5;
const longestSaid = 200;

/** One that is under way, and until when it may be. */
function runningLines(state: ConsoleState, { rid, startedAt, dueAt }: Run, { maxRunMs }: Host): StyledLine[] {
  const now = daemonNow(state);
  const at = (instant: number): string => timeOrDay(instant - state.skewMs, state.now);
  const isLate = now > dueAt;
  const said = [
    `for ${formatDuration(Math.max(SECOND, now - startedAt))}`,
    maxRunMs === undefined ? "" : ` of at most ${formatDuration(maxRunMs)}`,
    `, since ${at(startedAt)}`,
    maxRunMs === undefined ? `, expected to end by ${at(dueAt)}` : "",
    rid === "-" ? "" : `, run ${rid}`,
  ];
  const word = { text: isLate ? " OVERDUE " : " running ", tone: isLate ? "bad" : "accent" } as const;
  return hanging(word, said.join(""), state.size.columns);
}

/** What its last ping sent along; asked for with each that did. */
export const bodyNeed = ({ entities }: Pick<ConsoleState, "entities">, id: string): Need<"host.body"> =>
  need("host.body", { id }, entities.beat.get(id)?.body);

/** What its last heartbeat said, else the first line that came along. */
function lastSaid(state: ConsoleState, id: string, { message, body }: Beat): string | undefined {
  const answer = body === undefined ? undefined : valueOf(state, bodyNeed(state, id));
  // The answer may still be of the ping before: a body's name has its time in it.
  if (message !== undefined || !answer || !body?.includes(String(answer.at))) return message;
  return answer.text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.slice(0, longestSaid);
}

/** One that has ended. What it said is known of the last heartbeat alone. */
function endedLine(state: ConsoleState, id: string, { at, status, durationMs, exitCode }: RecentBeat): StyledLine {
  const last = state.entities.beat.get(id);
  const message = last?.at === at ? lastSaid(state, id, last) : undefined;
  const said = [
    `took ${formatDuration(durationMs ?? 0)}`,
    ...(exitCode === undefined ? [] : [`exit ${exitCode}`]),
    ...(message === undefined ? [] : [`"${cleanText(message)}"`]),
  ];
  return [
    status === "ok" ? { text: " ok      ", tone: "good" } : { text: " FAILED  ", tone: "bad" },
    { text: `${timeOrDay(at - state.skewMs, state.now)}  ${said.join(", ")}` },
  ];
}

/** A host's runs, as those of a job that tells its start: those under way, then the last that have ended, each the newest first. */
export function runLines(state: ConsoleState, id: string, host: Host, recent: readonly RecentBeat[]): StyledLine[] {
  const running = [...state.entities.run.values()]
    .filter((run) => run.host === id)
    .sort((a, b) => b.startedAt - a.startedAt);
  const ended = recent.filter(({ durationMs }) => durationMs !== undefined).toReversed();
  const more = running.length - runsShown;
  return [
    ...running.slice(0, runsShown).flatMap((run) => runningLines(state, run, host)),
    ...(more > 0 ? [[{ text: ` and ${more} more under way`, tone: "dim" } as const]] : []),
    ...ended.slice(0, runsShown).map((beat) => endedLine(state, id, beat)),
  ];
}
