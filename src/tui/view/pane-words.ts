import { noChannelHint } from "../../shared/channels.ts";
import type { Pane } from "../state/panes.ts";
import { countProbes } from "../state/probes.ts";
import { countAlerts, countHidden } from "../state/selectors.ts";
import type { ConsoleState } from "../state/state.ts";

export const paneTitles: Record<Pane, string> = {
  hosts: "Hosts",
  alerts: "Alerts",
  targets: "Targets",
  probes: "Probes",
  jobs: "Jobs",
  health: "Health",
};

type Facts = (state: ConsoleState) => (string | number | false | undefined)[];

const found: (pane: "hosts" | "probes") => Facts = (pane) => (state) => {
  const total = state.order[pane].length;
  const all = state.entities[pane === "hosts" ? "host" : "probe"].size;
  return [state.filter ? `${total} of ${all} match "${state.filter}"` : String(total)];
};

const facts: Record<Pane, Facts> = {
  hosts: found("hosts"),
  alerts(state) {
    const by = countAlerts(state.entities.alert);
    const hidden = countHidden(state);
    return [
      by.firing && `${by.firing} firing`,
      by.acknowledged && `${by.acknowledged} acknowledged`,
      by.resolved && `${by.resolved} resolved`,
      hidden && !state.showHidden && `${hidden} of them hidden`,
    ];
  },
  targets({ line, order }) {
    const up = line?.targets.filter(({ state }) => state === "up").length ?? 0;
    return [order.targets.length > 0 && `${up} of ${order.targets.length} up`];
  },
  probes(state) {
    const { down, warning } = countProbes(state);
    return [...found("probes")(state), down && `${down} down`, warning && `${warning} warning`];
  },
  jobs({ health }) {
    const jobs = health?.jobs ?? [];
    const late = jobs.filter(({ state }) => state === "late").length;
    const failing = jobs.filter(({ state }) => state === "failing").length;
    return [health && String(jobs.length), failing && `${failing} failing`, late && `${late} late`];
  },
  health({ health }) {
    const all = Object.values(health?.components ?? {});
    const degraded = all.filter(({ status }) => status === "degraded").length;
    return [health && (degraded ? `${degraded} of ${all.length} degraded` : "healthy")];
  },
};

/** What there is in a pane, in a few words. */
export const paneFacts = (state: ConsoleState, pane: Pane): string =>
  state.synced ? facts[pane](state).filter(Boolean).join(", ") : "";

const channelHint = ({ entities }: ConsoleState): string[] => (entities.channel.size > 0 ? [] : ["", noChannelHint]);

const noMatch = (what: string, filter: string): string[] => [`No ${what} matches "${filter}". Esc clears the filter.`];

const empty: Record<Pane, (state: ConsoleState) => string[]> = {
  hosts: ({ filter }) =>
    filter
      ? noMatch("host", filter)
      : ["No hosts yet. Add the first one:", "", "    sentinel host add web01 --every 5m"],
  alerts: (state) => ["No alerts: all is quiet.", ...channelHint(state)],
  targets: ({ line }) => {
    if (!line) return ["Asking the daemon"];
    return line.enabled
      ? ["The line has no targets. The usual ones are back with:", "    sentinel setting reset line"]
      : ["The internet line isn't watched. Switch it on:", `    sentinel setting set line '{"enabled":true}'`];
  },
  probes: ({ filter }) =>
    filter
      ? noMatch("probe", filter)
      : ["No probes yet. Add the first one:", "    sentinel probe add web --type icmp --option host=web01"],
  jobs: ({ health }) => [health ? "No jobs." : "Asking the daemon"],
  health: () => [],
};

/** What an empty pane says: what to do next. */
export function emptyLines(state: ConsoleState, pane: Pane): string[] {
  const { connection } = state;
  if (state.synced) return empty[pane](state);
  if (pane === "alerts" || pane === "probes" || pane === "health") return [];
  if (connection.phase === "refused")
    return [
      `${state.address} refused: ${connection.message}.`,
      "",
      "Give another token with --token or SENTINEL_TOKEN.",
    ];
  if (connection.phase === "waiting")
    return [`${state.address} doesn't answer: ${connection.reason}.`, "", "Trying again until it does."];
  return [`Connecting to ${state.address}`];
}
