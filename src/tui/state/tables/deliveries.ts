import type { Result } from "../../../shared/api/registry.ts";
import { SECOND } from "../../../shared/time.ts";
import { age } from "../cells.ts";
import type { Column } from "../columns.ts";
import { every, fetchedOf, need, valueOf } from "../needs.ts";
import type { Need } from "../needs.ts";
import type { Tone } from "../part.ts";
import { daemonNow } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tablePane } from "../table-pane.ts";
import { timeOrDay } from "../time-of-day.ts";

type DeliveryRow = Result<"delivery.list">["items"][number];

/** How old what was told may get while it is looked at: a delivery isn't in the feed. */
const refreshMs = 5 * SECOND;

/** Whom the alert on the screen was told to. */
export const deliveriesNeed = (state: ConsoleState): Need<"delivery.list"> =>
  need("delivery.list", { alert: state.place.subject ?? "" }, every(state, refreshMs));

const items = (state: ConsoleState): readonly DeliveryRow[] => valueOf(state, deliveriesNeed(state))?.items ?? [];

const tones: Record<DeliveryRow["state"], Tone> = { sent: "good", pending: "accent", failed: "bad", dropped: "dim" };

/** In words what became of it. */
function result({ state: is, error, nextAt, begunAt, digest, attempts }: DeliveryRow, state: ConsoleState): string {
  const said = [
    ...(error === undefined ? [] : [error]),
    ...(is === "pending" && begunAt === undefined && attempts > 0
      ? [`tried again in ${age(nextAt - daemonNow(state))}`]
      : []),
    ...(is === "dropped" ? ["over before it could be told"] : []),
    ...(digest === undefined ? [] : ["in a digest"]),
  ];
  return said.join("; ");
}

function columns(state: ConsoleState): Column<DeliveryRow>[] {
  const when = ({ sentAt, createdAt }: DeliveryRow): number => sentAt ?? createdAt;
  return [
    {
      id: "state",
      title: "RESULT",
      sort: ({ state: is }) => is,
      min: 7,
      priority: 1,
      cell: ({ state: is }) => ({ text: is === "failed" ? "FAILED" : is, tone: tones[is] }),
    },
    {
      id: "channel",
      title: "CHANNEL",
      sort: ({ channel }) => channel,
      min: 10,
      wish: 10,
      max: 20,
      priority: 2,
      cell: ({ channel }) => ({ text: channel }),
    },
    { id: "event", title: "TOLD", min: 9, wish: 12, max: 12, priority: 3, cell: ({ event }) => ({ text: event }) },
    {
      id: "when",
      title: "WHEN",
      greatestFirst: true,
      sort: when,
      min: 5,
      wish: 11,
      max: 11,
      priority: 4,
      cell: (row) => ({ text: timeOrDay(when(row) - state.skewMs, state.now), tone: "dim" }),
    },
    {
      id: "tries",
      title: "TRIES",
      sort: ({ attempts }) => attempts,
      min: 5,
      priority: 6,
      align: "right",
      cell: ({ attempts }) => ({ text: String(attempts) }),
    },
    {
      id: "what",
      title: "ANSWER",
      min: 16,
      max: 200,
      priority: 5,
      cell: (row) => ({ text: result(row, state), tone: row.state === "failed" ? "bad" : "dim" }),
    },
  ];
}

export const deliveries = tablePane<DeliveryRow>({
  id: "deliveries",
  title: "Deliveries",
  rests: (state) => [valueOf(state, deliveriesNeed(state)), state.place.subject],
  ids: (state) => items(state).map(({ id }) => id),
  row: (state, id) => items(state).find((one) => one.id === id),
  columns,
  subjects: ({ alert }, { entities }) => ({ alert, host: entities.alert.get(alert)?.host }),
  facts(state, shown) {
    const failed = items(state).filter(({ state: is }) => is === "failed").length;
    return shown.length === 0 ? "" : `${shown.length}${failed > 0 ? `, ${failed} failed` : ""}`;
  },
  empty(state) {
    const answer = fetchedOf(state, deliveriesNeed(state));
    if (!answer) return ["Asking the daemon"];
    if (!answer.ok) return [answer.message];
    return state.entities.channel.size > 0
      ? ["Nobody was told of it."]
      : ["Nobody was told of it: there is no channel.", "`sentinel channel add` makes one."];
  },
  detail: (row, state) =>
    `${row.id} to ${row.channel} ${row.state}, ${row.attempts} tries${result(row, state) ? `: ${result(row, state)}` : ""}`,
});
