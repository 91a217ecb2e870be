import { roomFor } from "./layout.ts";
import type { Pane, Subjects, TablePane } from "./pane.ts";
import type { Screen, ScreenLayout } from "./screen.ts";
import { alertScreen } from "./screens/alert.ts";
import { alertsScreen } from "./screens/alerts.ts";
import { analysisScreen } from "./screens/analysis.ts";
import { hostScreen } from "./screens/host.ts";
import { hostsScreen } from "./screens/hosts.ts";
import { jobsScreen } from "./screens/jobs.ts";
import { lineScreen } from "./screens/line.ts";
import { logsScreen } from "./screens/logs.ts";
import { overview } from "./screens/overview.ts";
import { silencesScreen } from "./screens/silences.ts";
import type { ConsoleState } from "./state.ts";

/** Every place to be, by the key that goes there. */
export const screens = {
  overview,
  hosts: hostsScreen,
  alerts: alertsScreen,
  logs: logsScreen,
  line: lineScreen,
  jobs: jobsScreen,
  silences: silencesScreen,
  host: hostScreen,
  alert: alertScreen,
  analysis: analysisScreen,
} satisfies Record<string, Screen>;

export type ScreenId = keyof typeof screens;
export const screenIds = Object.keys(screens) as ScreenId[];

export const screenOf = ({ place }: Pick<ConsoleState, "place">): Screen => screens[place.screen];

export const layoutOf = (state: ConsoleState): ScreenLayout => screenOf(state).layout(roomFor(state), state);

export interface PlacedPane {
  pane: Pane;
  height: number;
}

/** The screen's panes with their rows. */
export function placedPanes(state: ConsoleState): PlacedPane[] {
  const { heights } = layoutOf(state);
  return screenOf(state).panes.map((pane, index) => ({ pane, height: heights[index] ?? 1 }));
}

/** The pane that has the keys. */
export function focused(state: ConsoleState): PlacedPane {
  const panes = placedPanes(state);
  const found = panes.find(({ pane }) => pane.id === state.place.pane) ?? panes[0];
  if (!found) throw new Error(`the screen ${state.place.screen} has no pane`);
  return found;
}

export const focusedTable = (state: ConsoleState): TablePane | undefined => {
  const { pane } = focused(state);
  return pane.kind === "table" ? pane : undefined;
};

/** What a person would act on now. */
export function subjects(state: ConsoleState): readonly Subjects[] {
  const of = focused(state).pane.subjects(state);
  if (of.length > 0) return of;
  const { subject } = screenOf(state);
  return subject && state.place.subject !== undefined ? [{ [subject]: state.place.subject }] : [];
}

/** The ids in view in a pane, if the screen has it. */
export const visibleIds = (state: ConsoleState, id: string): readonly string[] =>
  placedPanes(state).flatMap(({ pane, height }) =>
    pane.id === id && pane.kind === "table" ? pane.visible(state, height) : [],
  );

/** Puts what is shown in order after whatever happened. */
export const settle = (state: ConsoleState): ConsoleState =>
  placedPanes(state).reduce((settled, { pane, height }) => pane.settle(settled, height), state);
