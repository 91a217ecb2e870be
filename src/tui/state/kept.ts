import { themeNames } from "../settings.ts";
import type { ThemeName } from "../settings.ts";
import type { Place } from "./place.ts";
import { screenIds, screens } from "./screens.ts";
import type { ConsoleState } from "./state.ts";
import { tableOf, withTable } from "./table.ts";
import type { TableState } from "./table.ts";

/** What a console goes on with the next time: where the person was, and what they did to the tables. */
export interface Kept {
  place: Place;
  tables: Readonly<Record<string, Pick<TableState, "cursor" | "filter" | "sort">>>;
  theme: ThemeName;
}

export function keptOf({ place, tables, theme }: ConsoleState): Kept {
  const kept = Object.entries(tables).map(([pane, { cursor, filter, sort }]) => [pane, { cursor, filter, sort }]);
  return { place, tables: Object.fromEntries(kept), theme };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function placeIn(value: unknown): Place | undefined {
  if (!isRecord(value)) return undefined;
  const screen = screenIds.find((id) => id === value["screen"]);
  const pane = screen && screens[screen].panes.find(({ id }) => id === value["pane"]);
  return screen && pane && { screen, pane: pane.id, subject: textIn(value["subject"]) };
}

function tableIn(value: Record<string, unknown>): Pick<TableState, "cursor" | "filter" | "sort"> {
  const { cursor, filter, sort } = value;
  const column = isRecord(sort) ? textIn(sort["column"]) : undefined;
  return {
    cursor: { id: isRecord(cursor) ? textIn(cursor["id"]) : undefined, top: 0 },
    filter: textIn(filter) ?? "",
    sort: column === undefined ? undefined : { column, reversed: isRecord(sort) && sort["reversed"] === true },
  };
}

/** A console that goes on where `kept` ends. That came out of a file: what isn't right there is left as it begins. */
export function withKept(state: ConsoleState, kept: unknown): ConsoleState {
  if (!isRecord(kept)) return state;
  const tables = isRecord(kept["tables"]) ? Object.entries(kept["tables"]) : [];
  const theme = themeNames.find((name) => name === kept["theme"]) ?? state.theme;
  return tables.reduce(
    (so, [pane, table]) => (isRecord(table) ? withTable(so, pane, { ...tableOf(so, pane), ...tableIn(table) }) : so),
    { ...state, place: placeIn(kept["place"]) ?? state.place, theme },
  );
}
