import type { ChangeList, SocketState } from "../../shared/client/socket.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { RecentBeat } from "../../shared/model.ts";
import type { Fetched } from "./needs.ts";

/** What the daemon, the clock and the terminal bring. What a person does is a function of the state alone. */
export type Action =
  | { type: "changes"; lists: readonly ChangeList[] }
  | { type: "recent"; items: { id: string; beats: RecentBeat[] }[] }
  | { type: "fetched"; key: string; fetched: Fetched }
  | { type: "tick"; now: number; heardAt?: number | undefined }
  | { type: "connection"; state: SocketState; now: number }
  | { type: "answer"; key: string; refusal?: Refusal | undefined; value?: unknown }
  | { type: "resize"; columns: number; rows: number };

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
