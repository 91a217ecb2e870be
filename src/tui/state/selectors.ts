import { closeCodes } from "../../shared/protocol.ts";
import { describeGap, lastGap } from "../../shared/gap.ts";
import type { Alert, Beat, Gap, Host, HostState, RecentBeat, Status } from "../../shared/model.ts";
import { DAY, SECOND } from "../../shared/time.ts";
import { behind } from "./behind.ts";
import { cached } from "./cached.ts";
import { cursorIndex } from "./cursor.ts";
import { layout, type Size } from "./layout.ts";
import { banner } from "./outlets.ts";
import type { Pane } from "./panes.ts";
import type { ConsoleState, Tone } from "./state.ts";
import { hourAndMinute } from "./time-of-day.ts";

/** The instant on the daemon's clock, which all ages are counted on. */
export const daemonNow = (state: ConsoleState): number => state.now + state.skewMs;

/** What the banner leaves of the screen. */
export const roomFor = ({ size, entities }: ConsoleState): Size =>
  banner(entities) === undefined ? size : { ...size, rows: size.rows - 1 };

export const paneHeight = (state: ConsoleState, pane: Pane): number => layout(roomFor(state))[pane];

export const selectedId = (state: ConsoleState, pane: Pane = state.pane): string | undefined =>
  state.order[pane][cursorIndex(state.cursors[pane], state.order[pane])];

export const visibleIds = (state: ConsoleState, pane: Pane): readonly string[] => {
  const { top } = state.cursors[pane];
  return state.order[pane].slice(top, top + paneHeight(state, pane));
};

export interface HostRow {
  id: string;
  host: Host;
  status?: Status | undefined;
  beat?: Beat | undefined;
  recent: readonly RecentBeat[];
  /** The host whose outage explains this one's. */
  behind?: string | undefined;
}

export function visibleHosts(state: ConsoleState): HostRow[] {
  const { host, status, beat, alert } = state.entities;
  const { hosts } = behind(alert);
  return visibleIds(state, "hosts").flatMap((id) => {
    const value = host.get(id);
    const recent = state.recents.get(id) ?? [];
    return value
      ? [{ id, host: value, status: status.get(id), beat: beat.get(id), recent, behind: hosts.get(id) }]
      : [];
  });
}

export interface AlertRow {
  id: string;
  alert: Alert;
  /** A person has acknowledged it here and the daemon hasn't confirmed that yet. */
  pending: boolean;
  /** Another alert explains it. */
  hidden: boolean;
  /** How many alerts this one explains. */
  hides: number;
}

export const isPending = (state: ConsoleState, id: string): boolean => state.acks.some((ack) => ack.ids.includes(id));

export function visibleAlerts(state: ConsoleState): AlertRow[] {
  const { causes, hidden } = behind(state.entities.alert);
  return visibleIds(state, "alerts").flatMap((id) => {
    const alert = state.entities.alert.get(id);
    const pending = alert?.state === "firing" && isPending(state, id);
    return alert ? [{ id, alert, pending, hidden: causes.has(id), hides: hidden.get(id)?.length ?? 0 }] : [];
  });
}

export const countHidden = (state: ConsoleState): number => behind(state.entities.alert).causes.size;

export const countStates = cached((statuses: ReadonlyMap<string, Status>): Partial<Record<HostState, number>> => {
  const counts: Partial<Record<HostState, number>> = {};
  for (const { state } of statuses.values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
});

export const countAlerts = cached((alerts: ReadonlyMap<string, Alert>): Record<Alert["state"], number> => {
  const counts = { firing: 0, acknowledged: 0, resolved: 0 };
  for (const { state } of alerts.values()) counts[state] += 1;
  return counts;
});

export const longestHostId = cached((hosts: ReadonlyMap<string, Host>): number => {
  let longest = 0;
  for (const id of hosts.keys()) longest = Math.max(longest, id.length);
  return longest;
});

/** Whether any host has a name beside its id. */
export const areNamed = cached((hosts: ReadonlyMap<string, Host>): boolean => {
  for (const [id, { name }] of hosts) if (name !== id) return true;
  return false;
});

const latest = cached((gaps: ReadonlyMap<string, Gap>): Gap | undefined => lastGap(gaps.values()));

/** The monitor's own last gap in words, for a day: what a person should know who reads ages and intervals. */
export function gapNote(state: ConsoleState): string {
  const gap = latest(state.entities.gap);
  if (!gap || gap.to <= daemonNow(state) - DAY) return "";
  return describeGap(gap, hourAndMinute(gap.from - state.skewMs));
}

/** The daemon says something at least every 5 s, so 7 s of silence are worth telling. */
const staleMs = 7 * SECOND;
const secondsAgo = (state: ConsoleState): number =>
  Math.max(0, Math.floor((state.now - (state.heardAt ?? state.now)) / SECOND));

/** The connection in words, with how old the shown data is when it may be out of date. */
export function connectionLabel(state: ConsoleState): { text: string; tone: Tone } {
  const { connection } = state;
  const age = state.synced ? `, data ${secondsAgo(state)}s old` : "";
  switch (connection.phase) {
    case "live": {
      const quiet = state.heardAt !== undefined && state.now - state.heardAt > staleMs;
      return quiet ? { text: `stale ${secondsAgo(state)}s`, tone: "warn" } : { text: "live", tone: "good" };
    }
    case "connecting":
      if (connection.attempt === 1 && !state.synced) return { text: "connecting", tone: "warn" };
      return { text: `reconnecting (${connection.attempt})${age}`, tone: "bad" };
    case "waiting":
      return { text: `reconnecting (${connection.attempt})${age}`, tone: "bad" };
    case "refused":
      return { text: connection.code === closeCodes.forbidden ? "not allowed" : "token refused", tone: "bad" };
    case "closed":
      return { text: "closed", tone: "bad" };
  }
}

export interface AckTarget {
  ids: string[];
  about: string;
}

/** What `a` would acknowledge now, or why there is nothing to acknowledge. */
export function ackTarget(state: ConsoleState): AckTarget | string {
  const role = state.connection.phase === "live" ? state.connection.welcome.role : undefined;
  if (role === "viewer") return "this token may look but not acknowledge";
  const id = selectedId(state);
  switch (state.pane) {
    case "hosts":
      return id === undefined ? "no host is selected" : openTarget(state, id, ({ host }) => host === id);
    case "alerts":
      return id === undefined ? "no alert is selected" : alertTarget(state, id);
    case "probes":
      return id === undefined ? "no probe is selected" : openTarget(state, id, ({ key }) => key === `probe:${id}`);
    case "targets":
    case "jobs":
    case "health":
      return "alerts are acknowledged where hosts, alerts or probes are selected";
  }
}

function openTarget(state: ConsoleState, about: string, isIts: (alert: Alert) => boolean): AckTarget | string {
  const open = [...state.entities.alert].filter(([, alert]) => isIts(alert) && alert.state !== "resolved");
  const ids = open.filter(([id, alert]) => alert.state === "firing" && !isPending(state, id)).map(([id]) => id);
  if (ids.length > 0) return { ids, about };
  return open.length > 0 ? `the alert of ${about} is acknowledged already` : `${about} has no open alert`;
}

function alertTarget(state: ConsoleState, id: string): AckTarget | string {
  const alert = state.entities.alert.get(id);
  if (!alert) return "the alert is gone";
  if (alert.state === "resolved") return "the alert is resolved";
  if (alert.state === "acknowledged" || isPending(state, id)) return "the alert is acknowledged already";
  return { ids: [id], about: alert.host ?? alert.title };
}

/** Why a host is as it is; first of all that another one's outage explains it. */
export const hostReason = ({ reason }: Status, cause: string | undefined): string =>
  cause === undefined ? reason : `behind ${cause}; ${reason}`;
