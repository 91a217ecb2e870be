import type { SocketState } from "../../shared/client/socket.ts";
import type { ThemeName } from "../settings.ts";
import type { PendingAct, Undo } from "./acts/act.ts";
import type { Effect } from "./effects.ts";
import { noEntities } from "./entities.ts";
import type { Entities } from "./entities.ts";
import type { Size } from "./layout.ts";
import type { Viewer } from "./log-viewer/viewer.ts";
import type { Fetched } from "./needs.ts";
import type { Overlay } from "./overlays.ts";
import type { Tone } from "./part.ts";
import type { Place } from "./place.ts";
import type { Recents } from "./recents.ts";
import type { TableState } from "./table.ts";

export interface Toast {
  text: string;
  tone: Tone;
  until: number;
}

export interface ConsoleState {
  /** Where the daemon is, for people. */
  address: string;
  size: Size;
  /** Its name among those that can be switched to. */
  context: string;
  contexts: readonly string[];
  /** The terminal's font has more than ASCII. */
  unicode: boolean;
  theme: ThemeName;
  /** The line is slow: what changes with time alone changes once a minute. */
  isSlow: boolean;
  /** The console's own clock, read once a second. */
  now: number;
  /** How far the daemon's clock is ahead: ages are counted on its clock. */
  skewMs: number;
  connection: SocketState;
  /** When the daemon was last heard. */
  heardAt?: number | undefined;
  /** A whole list has come: what is shown was true once. */
  synced: boolean;
  /** What the daemon told. */
  told: Entities;
  /** What is shown: what the daemon told, or what it had when the person froze it, with what the person did since. */
  entities: Entities;
  frozen?: { at: number; entities: Entities } | undefined;
  recents: Recents;
  /** What isn't followed but fetched while a screen wants it, by what was asked. */
  fetched: ReadonlyMap<string, Fetched>;
  acts: readonly PendingAct[];
  undo?: Undo | undefined;
  place: Place;
  /** A person's keys instead of a binding's own, by its id. */
  ownKeys?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Where the person was before, the last one at the end. */
  back: readonly Place[];
  /** What each table's person did to it: by pane. */
  tables: Readonly<Record<string, TableState>>;
  /** The first line shown of each text, by pane. */
  tops: Readonly<Record<string, number>>;
  /** The analysis that is read, as far as it is loaded. */
  viewer?: Viewer | undefined;
  /** Alerts that another one explains have rows of their own. */
  showHidden: boolean;
  /** The line's timeline is of a week instead of a day. */
  showWeek: boolean;
  /** Rows keep their places until then, because a person is moving among them. */
  holdUntil: number;
  /** What lies over the screen, the innermost last. */
  overlays: readonly Overlay[];
  toast?: Toast | undefined;
  /** Wanted of the program around; taken as soon as this state is current. */
  effects: readonly Effect[];
}

export interface Given {
  address: string;
  size: Size;
  now: number;
  unicode?: boolean;
  theme?: ThemeName | undefined;
  isSlow?: boolean;
  context?: string;
  contexts?: readonly string[];
  ownKeys?: ConsoleState["ownKeys"];
}

export const initialState = ({ theme = "default", ...given }: Given): ConsoleState => ({
  unicode: true,
  isSlow: false,
  context: given.address,
  contexts: [],
  ...given,
  theme,
  skewMs: 0,
  connection: { phase: "connecting", attempt: 1 },
  synced: false,
  told: noEntities,
  entities: noEntities,
  recents: new Map(),
  fetched: new Map(),
  acts: [],
  place: { screen: "overview", pane: "attention" },
  back: [],
  tables: {},
  tops: {},
  showHidden: false,
  showWeek: false,
  holdUntil: 0,
  overlays: [],
  effects: [],
});
