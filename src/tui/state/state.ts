import type { SocketState } from "../../shared/client/socket.ts";
import type { Cursor } from "./cursor.ts";
import { noEntities } from "./entities.ts";
import type { Entities } from "./entities.ts";
import type { Size } from "./layout.ts";
import type { Line } from "./line-editor.ts";
import { forPanes } from "./panes.ts";
import type { Pane } from "./panes.ts";
import type { LineView } from "./probes.ts";
import type { Recents } from "./recents.ts";
import type { HealthView } from "./reports.ts";

export type Tone = "good" | "warn" | "bad" | "dim" | "strong" | "accent";

/** An acknowledgement that a person gave, shown at once and kept until the feed shows it or the daemon refuses it. */
export interface PendingAck {
  /** The command's UUID: however often it is sent, it counts once. */
  key: string;
  ids: readonly string[];
  comment?: string | undefined;
  answered: boolean;
}

export type Overlay =
  | { kind: "help"; top: number; lines: number }
  | { kind: "comment"; ids: readonly string[]; about: string; line: Line }
  | { kind: "filter"; line: Line; before: string };

export interface Toast {
  text: string;
  tone: Tone;
  until: number;
}

export interface ConsoleState {
  /** Where the daemon is, for people. */
  address: string;
  size: Size;
  /** The console's own clock, read once a second. */
  now: number;
  /** How far the daemon's clock is ahead: ages are counted on its clock. */
  skewMs: number;
  connection: SocketState;
  /** When the daemon was last heard. */
  heardAt?: number | undefined;
  /** A whole list has come: what is shown was true once. */
  synced: boolean;
  entities: Entities;
  recents: Recents;
  /** What isn't followed but fetched while its screen is shown. */
  line?: LineView | undefined;
  health?: HealthView | undefined;
  acks: readonly PendingAck[];
  filter: string;
  /** Alerts that another one explains have rows of their own. */
  showHidden: boolean;
  /** The timeline is of a week instead of a day. */
  showWeek: boolean;
  pane: Pane;
  cursors: Record<Pane, Cursor>;
  order: Record<Pane, readonly string[]>;
  /** What the order was made from, so that it is made anew only when needed. */
  basis: Omit<Entities, "beat" | "gap" | "line"> & { filter: string; showHidden: boolean };
  /** Rows keep their places until then, because a person is moving among them. */
  holdUntil: number;
  overlay?: Overlay | undefined;
  toast?: Toast | undefined;
}

export const initialState = (given: { address: string; size: Size; now: number }): ConsoleState => ({
  ...given,
  skewMs: 0,
  connection: { phase: "connecting", attempt: 1 },
  synced: false,
  entities: noEntities,
  recents: new Map(),
  acks: [],
  filter: "",
  showHidden: false,
  showWeek: false,
  pane: "hosts",
  cursors: forPanes(() => ({ top: 0 })),
  order: forPanes(() => []),
  basis: { ...noEntities, filter: "", showHidden: false },
  holdUntil: 0,
});
