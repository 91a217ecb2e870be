import type { SocketState } from "../../shared/client/socket.ts";
import type { Cursor } from "./cursor.ts";
import { noEntities } from "./entities.ts";
import type { Entities } from "./entities.ts";
import type { Size } from "./layout.ts";
import type { Line } from "./line-editor.ts";
import type { Recents } from "./recents.ts";

export type Pane = "hosts" | "alerts";
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
  acks: readonly PendingAck[];
  filter: string;
  /** Alerts that another one explains have rows of their own. */
  showHidden: boolean;
  pane: Pane;
  cursors: Record<Pane, Cursor>;
  order: Record<Pane, readonly string[]>;
  /** What the order was made from, so that it is made anew only when needed. */
  basis: { host: unknown; status: unknown; alert: unknown; channel: unknown; filter: string; showHidden: boolean };
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
  pane: "hosts",
  cursors: { hosts: { top: 0 }, alerts: { top: 0 } },
  order: { hosts: [], alerts: [] },
  basis: { ...noEntities, filter: "", showHidden: false },
  holdUntil: 0,
});
