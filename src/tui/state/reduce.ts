import { SECOND } from "../../shared/time.ts";
import type { Action } from "./actions.ts";
import { cursorIndex, moveTo, settleCursor } from "./cursor.ts";
import { applyChanges } from "./entities.ts";
import { helpHeight } from "./layout.ts";
import { edit } from "./line-editor.ts";
import { holdOrder, orderAlerts, orderHosts } from "./order.ts";
import { answerAck, dropSeenAcks, submit } from "./acks.ts";
import { openComment, openFilter, withFilter } from "./overlays.ts";
import { forPanes, otherPane } from "./panes.ts";
import type { Pane } from "./panes.ts";
import { orderProbes, orderTargets } from "./probes.ts";
import { extendRings, setRings } from "./recents.ts";
import { orderComponents, orderJobs } from "./reports.ts";
import { paneHeight, roomFor } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";
import { withToast } from "./toast.ts";

/** How long rows keep their places after a person moved. */
const holdMs = 2 * SECOND;

/** Makes the rows' order anew if what it rests on has changed, but not under a moving cursor. */
function settle(state: ConsoleState): ConsoleState {
  const { entities, filter, showHidden } = state;
  const { host, status, alert, channel, probe, result } = entities;
  const basis = { host, status, alert, channel, probe, result, filter, showHidden };
  const old = state.basis;
  const hostsMoved = old.host !== host || old.status !== status || old.filter !== filter;
  const probesMoved = hostsMoved || old.probe !== probe || old.result !== result;
  const alertsMoved = old.alert !== alert || old.showHidden !== showHidden;
  // Channels move no row, but what is said of them takes a line of the screen.
  if (!probesMoved && !alertsMoved && old.channel === channel) return state;
  const held = state.now < state.holdUntil && old.filter === filter && old.showHidden === showHidden;
  const place = (pane: Pane, fresh: string[]): readonly string[] =>
    held ? holdOrder(state.order[pane], fresh) : fresh;
  const order = {
    ...state.order,
    hosts: hostsMoved ? place("hosts", orderHosts(entities, filter)) : state.order.hosts,
    alerts: alertsMoved ? place("alerts", orderAlerts(entities, showHidden)) : state.order.alerts,
    probes: probesMoved ? place("probes", orderProbes(entities, filter)) : state.order.probes,
  };
  return settleCursors({ ...state, order, basis: held ? old : basis }, state.order);
}

function settleCursors(state: ConsoleState, before: ConsoleState["order"]): ConsoleState {
  const cursorOf = (pane: Pane) =>
    settleCursor(state.cursors[pane], before[pane], state.order[pane], paneHeight(state, pane));
  return { ...state, cursors: forPanes(cursorOf) };
}

/** What was fetched comes in an order that nothing else moves. */
const withOrder = (state: ConsoleState, order: Partial<ConsoleState["order"]>): ConsoleState =>
  settleCursors({ ...state, order: { ...state.order, ...order } }, state.order);

function connection(state: ConsoleState, { state: next, now }: Extract<Action, { type: "connection" }>): ConsoleState {
  if (next.phase !== "live") return { ...state, connection: next, now };
  const skewMs = next.welcome.now - now;
  return { ...state, connection: next, now, heardAt: now, skewMs: Math.abs(skewMs) < SECOND ? 0 : skewMs };
}

function move(state: ConsoleState, toIndex: (index: number, height: number, count: number) => number): ConsoleState {
  if (state.overlay?.kind === "help") {
    const { top, lines } = state.overlay;
    const height = helpHeight(roomFor(state));
    const to = toIndex(Math.min(top, lines - height), height, lines);
    return { ...state, overlay: { kind: "help", lines, top: Math.max(0, Math.min(to, lines - height)) } };
  }
  const { pane } = state;
  const order = state.order[pane];
  const height = paneHeight(state, pane);
  const cursor = moveTo(
    state.cursors[pane],
    order,
    toIndex(cursorIndex(state.cursors[pane], order), height, order.length),
    height,
  );
  return { ...state, cursors: { ...state.cursors, [pane]: cursor }, holdUntil: state.now + holdMs };
}

function close(state: ConsoleState): ConsoleState {
  if (state.overlay?.kind === "filter")
    return settle(withFilter({ ...state, overlay: undefined }, state.overlay.before));
  if (state.overlay) return { ...state, overlay: undefined };
  if (state.toast) return { ...state, toast: undefined };
  return settle(withFilter(state, ""));
}

function editLine(state: ConsoleState, change: Parameters<typeof edit>[1]): ConsoleState {
  if (!state.overlay || state.overlay.kind === "help") return state;
  const overlay = { ...state.overlay, line: edit(state.overlay.line, change) };
  const edited = { ...state, overlay };
  return overlay.kind === "filter" ? settle(withFilter(edited, overlay.line.text)) : edited;
}

function tick(state: ConsoleState, now: number, heardAt: number | undefined): ConsoleState {
  const toast = state.toast && state.toast.until > now ? state.toast : undefined;
  return settle({ ...state, now, toast, heardAt: heardAt ?? state.heardAt });
}

/** The whole console as a function of what happens. */
export function reduce(state: ConsoleState, action: Action): ConsoleState {
  switch (action.type) {
    case "changes": {
      const entities = applyChanges(state.entities, action.lists);
      const recents = extendRings(state.recents, action.lists);
      return settle(dropSeenAcks({ ...state, synced: true, entities, recents }));
    }
    case "recent":
      return { ...state, recents: setRings(state.recents, action.items) };
    case "line":
      return withOrder({ ...state, line: action.view }, { targets: orderTargets(action.view) });
    case "health":
      return withOrder(
        { ...state, health: action.view },
        { jobs: orderJobs(action.view), health: orderComponents(action.view) },
      );
    case "tick":
      return tick(state, action.now, action.heardAt);
    case "connection":
      return connection(state, action);
    case "ack-answer":
      return answerAck(state, action.key, action.refusal);
    case "resize":
      return settleCursors({ ...state, size: { columns: action.columns, rows: action.rows } }, state.order);
    case "move":
      return move(state, (index) => index + action.by);
    case "page":
      return move(state, (index, height) => index + Math.trunc(action.by * Math.max(1, height)));
    case "end":
      return move(state, (_index, _height, count) => (action.to === "first" ? 0 : count - 1));
    case "next-pane":
      return { ...state, pane: otherPane(state.pane) };
    case "go":
      return { ...state, pane: action.pane };
    case "toggle-hidden":
      return settle({ ...state, showHidden: !state.showHidden });
    case "toggle-week":
      return { ...state, showWeek: !state.showWeek };
    case "help":
      return {
        ...state,
        overlay: state.overlay?.kind === "help" ? undefined : { kind: "help", top: 0, lines: action.lines },
      };
    case "ask-comment":
      return openComment(state);
    case "ask-filter":
      return openFilter(state);
    case "edit":
      return editLine(state, action.edit);
    case "submit":
      return submit(state, action.key);
    case "close":
      return close(state);
    case "toast":
      return withToast(state, action.text, action.tone);
  }
}
