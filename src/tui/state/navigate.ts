import { withFilter } from "./filtering.ts";
import type { Step, Subjects } from "./pane.ts";
import { focused, screens, settle, subjects } from "./screens.ts";
import type { ScreenId } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { tableOf, withTable } from "./table.ts";
import { withToast } from "./toast.ts";

/** How many places Esc goes back over. */
const remembered = 20;

function arrive(state: ConsoleState, place: ConsoleState["place"]): ConsoleState {
  return settle({ ...state, place, tops: { ...state.tops, [place.pane]: 0 } });
}

/** Goes to a screen; a detail shows what is selected, else what it showed last. */
export function go(state: ConsoleState, screen: ScreenId, given?: string): ConsoleState {
  const { subject: kind, panes, title } = screens[screen];
  const pane = panes[0]?.id ?? "";
  const selected = kind && subjects(state).find((one: Subjects) => one[kind] !== undefined)?.[kind];
  const last = [state.place, ...state.back.toReversed()].find((place) => place.screen === screen)?.subject;
  const subject = kind && (given ?? selected ?? last);
  if (kind && subject === undefined)
    return withToast(state, `select ${/^[aeiou]/.test(title) ? "an" : "a"} ${title} first`, "dim");
  if (state.place.screen === screen && state.place.subject === subject) return state;
  const back = [...state.back, state.place].slice(-remembered);
  return arrive({ ...state, back }, { screen, pane, ...(subject === undefined ? {} : { subject }) });
}

/** Where the selected row leads: to its log, its alert, its host, its probe; further on each time. */
export function leadOf(state: ConsoleState): { screen: ScreenId; subject?: string } | undefined {
  const [one] = focused(state).pane.subjects(state);
  const { screen } = state.place;
  if (one?.analysis !== undefined) return { screen: "analysis", subject: one.analysis };
  if (one?.alert !== undefined && screen !== "alert") return { screen: "alert", subject: one.alert };
  if (one?.host !== undefined && screen !== "host") return { screen: "host", subject: one.host };
  return one?.probe !== undefined && screen !== "line" ? { screen: "line" } : undefined;
}

export function open(state: ConsoleState): ConsoleState {
  const lead = leadOf(state);
  return lead ? go(state, lead.screen, lead.subject) : state;
}

/** Esc: the message, then marks, then the filter, then back. */
export function close(state: ConsoleState): ConsoleState {
  if (state.toast) return { ...state, toast: undefined };
  const { pane } = state.place;
  const { marks, rangeFrom, filter } = tableOf(state, pane);
  if (marks.size > 0 || rangeFrom !== undefined) return clearMarks(state);
  if (filter !== "") return withFilter(state, pane, "");
  const place = state.back.at(-1);
  return place ? settle({ ...state, place, back: state.back.slice(0, -1) }) : state;
}

export const clearMarks = (state: ConsoleState): ConsoleState =>
  withTable(state, state.place.pane, { marks: new Set(), rangeFrom: undefined });

export function nextPane(state: ConsoleState, by: 1 | -1): ConsoleState {
  const { panes } = screens[state.place.screen] as { panes: readonly { id: string }[] };
  const at = panes.findIndex(({ id }) => id === focused(state).pane.id);
  const pane = panes.at((at + by) % panes.length)?.id ?? state.place.pane;
  return { ...state, place: { ...state.place, pane } };
}

export function move(state: ConsoleState, step: Step): ConsoleState {
  const { pane, height } = focused(state);
  return pane.move(state, step, height);
}
