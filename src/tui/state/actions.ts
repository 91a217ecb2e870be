import type { ChangeList, SocketState } from "../../shared/client/socket.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { RecentBeat } from "../../shared/model.ts";
import type { Edit } from "./line-editor.ts";
import type { Pane } from "./panes.ts";
import type { LineView } from "./probes.ts";
import type { HealthView } from "./reports.ts";
import type { Tone } from "./state.ts";

/** What the daemon and the clock bring; it may wait for the next flush. */
export type DataAction =
  | { type: "changes"; lists: readonly ChangeList[] }
  | { type: "recent"; items: { id: string; beats: RecentBeat[] }[] }
  | { type: "line"; view: LineView }
  | { type: "health"; view: HealthView }
  | { type: "tick"; now: number; heardAt?: number | undefined };

/** What a person does, or must see at once. */
export type PromptAction =
  | { type: "connection"; state: SocketState; now: number }
  | { type: "ack-answer"; key: string; refusal?: Refusal | undefined }
  | { type: "resize"; columns: number; rows: number }
  | { type: "move"; by: number }
  /** By a part of what the pane shows: 1 a page down, -0.5 half a page up. */
  | { type: "page"; by: number }
  | { type: "end"; to: "first" | "last" }
  | { type: "next-pane" }
  | { type: "go"; pane: Pane }
  | { type: "toggle-hidden" }
  | { type: "toggle-week" }
  /** How many lines there are to scroll through. */
  | { type: "help"; lines: number }
  | { type: "ask-comment" }
  | { type: "ask-filter" }
  | { type: "edit"; edit: Edit }
  | { type: "submit"; key: string }
  | { type: "close" }
  | { type: "toast"; text: string; tone: Tone };

export type Action = DataAction | PromptAction;

/** Joins the lists that came since the last flush, so that each map is copied once. */
export function coalesce(actions: readonly Action[]): Action[] {
  const joined: Action[] = [];
  for (const action of actions) {
    const last = joined.at(-1);
    if (action.type === "changes" && last?.type === "changes")
      joined[joined.length - 1] = { type: "changes", lists: [...last.lists, ...action.lists] };
    else joined.push(action);
  }
  return joined;
}
