import { askAddHost, askEditHost, askToken } from "../../state/acts/host-forms.ts";
import { askMaintenanceOf, askRemove, hostsOf, togglePause } from "../../state/acts/hosts.ts";
import { subjects } from "../../state/screens.ts";
import type { ConsoleState } from "../../state/state.ts";
import type { Binding } from "../binding.ts";
import { sortKeys } from "./sort-keys.ts";

const some = (state: ConsoleState): true | string =>
  hostsOf(state, subjects(state)).length > 0 || "select a host first";

/** Only where the rows are hosts: a host isn't removed from among its alerts. */
function hostsAlone(state: ConsoleState): true | string {
  const isHost = subjects(state).every(({ alert, probe }) => (alert ?? probe) === undefined);
  return isHost ? some(state) : "select it among the hosts first";
}

function oneAlone(state: ConsoleState): true | string {
  const can = hostsAlone(state);
  if (can !== true) return can;
  return hostsOf(state, subjects(state)).length === 1 || "one host at a time: take the marks away first";
}

const onOne = (state: ConsoleState, run: (id: string) => ConsoleState): ConsoleState => {
  const [id] = hostsOf(state, subjects(state));
  return id === undefined ? state : run(id);
};

export const hosts: readonly Binding[] = [
  {
    id: "host.add",
    keys: ["+"],
    context: "global",
    title: "add a host",
    short: "add",
    command: "host.add",
    run: askAddHost,
  },
  {
    id: "host.edit",
    keys: ["ctrl+e"],
    context: "global",
    title: "change the host",
    short: "edit",
    command: "host.edit",
    enabled: oneAlone,
    run: (state) => onOne(state, (id) => askEditHost(state, id)),
  },
  {
    id: "host.pause",
    keys: ["P"],
    context: "global",
    title: "pause the host, or resume it",
    short: "pause",
    command: "host.pause",
    enabled: some,
    run: (state, { newKey }) => togglePause(state, subjects(state), newKey()),
  },
  {
    id: "host.maintenance",
    keys: ["m"],
    context: "global",
    title: "don't watch the host for a time: maintenance",
    command: "maintenance.add",
    enabled: some,
    run: (state) => askMaintenanceOf(state, subjects(state)),
  },
  {
    id: "host.remove",
    keys: ["D"],
    context: "global",
    title: "remove the host (asks)",
    command: "host.remove",
    enabled: hostsAlone,
    run: (state) => askRemove(state, subjects(state)),
  },
  {
    id: "host.token",
    keys: [],
    context: "global",
    title: "a new token for the host (asks)",
    command: "host.token",
    enabled: oneAlone,
    run: (state) => onOne(state, (id) => askToken(state, id)),
  },
  {
    id: "host.span",
    keys: ["t"],
    context: "screen:host",
    title: "the host's timeline of a day or of a week",
    short: "day/week",
    run: (state) => ({ ...state, showWeek: !state.showWeek }),
  },
  ...sortKeys("hosts", {
    H: ["host", "host"],
    N: ["name", "name"],
    S: ["state", "state, the worst first"],
    T: ["tags", "tags"],
    E: ["every", "how often it comes"],
    C: ["since", "since when it is so: what changed last"],
    B: ["last", "its last heartbeat"],
    X: ["due", "when it is due next"],
  }),
];
