import { alertHistory } from "../shared/alert-history.ts";
import type { CommandSpec } from "../shared/api/command.ts";
import type { Result } from "../shared/api/registry.ts";
import { cleanText } from "../shared/text.ts";
import { formatDuration, sayAgo, sayInstant } from "../shared/time.ts";
import { layPairs, layTable } from "./table.ts";

type Shown = Result<"alert.show">;

/** What holds its notice back, until when, and behind which other alert. */
function sayHeld({ state, heldBy, heldUntil, hiddenBy }: Shown): string | undefined {
  if (state === "resolved" || heldBy === undefined) return undefined;
  const until = heldUntil === undefined ? "" : ` until ${sayInstant(heldUntil)}`;
  return `${heldBy}${until}${hiddenBy === undefined ? "" : ` (${hiddenBy})`}`;
}

/** How long it took, or has taken so far. */
const sayLength = ({ raisedAt, resolvedAt }: Shown, now: number): string =>
  resolvedAt === undefined ? sayAgo(now - raisedAt) : `over after ${formatDuration(resolvedAt - raisedAt)}`;

/** All about an alert, for people. Times are UTC. */
export function sayAlert(_spec: CommandSpec, value: object, now: number): string {
  const alert = value as Shown;
  const { id, severity, state, title, host, reason, count, assignee, hides, deliveries } = alert;
  const facts: [string, string | undefined][] = [
    ["alert", `${id}, ${severity}, ${state}`],
    ["title", title],
    ["host", host],
    ["reason", reason],
    ["since", `${sayInstant(alert.raisedAt)}, ${sayLength(alert, now)}${count > 1 ? `, ${count} times` : ""}`],
    ["taken by", assignee],
    ["held back", sayHeld(alert)],
    ["explains", hides === undefined ? undefined : `${hides} others`],
  ];
  const told = deliveries.map((one) => [
    sayInstant(one.sentAt ?? one.createdAt),
    one.channel,
    one.event,
    one.state,
    String(one.attempts),
    cleanText(one.error ?? ""),
  ]);
  return [
    layPairs(facts.flatMap(([name, text]) => (text === undefined ? [] : [[name, cleanText(text)] as const]))),
    layTable(
      ["WHEN", "WHAT"],
      alertHistory(alert).map(({ at, text }) => [sayInstant(at), cleanText(text)]),
    ),
    told.length === 0
      ? "Nobody was told of it."
      : layTable(["TOLD", "CHANNEL", "OF", "RESULT", "TRIES", "ERROR"], told),
  ].join("\n\n");
}
