import type { SentinelSocket } from "../shared/client/socket.ts";
import { SECOND } from "../shared/time.ts";
import type { DataAction } from "./state/actions.ts";
import { screenOf } from "./state/panes.ts";
import type { ConsoleState } from "./state/state.ts";
import type { Store } from "./state/store.ts";

/** How old what can't be followed may get while it is looked at. */
const refreshMs = 5 * SECOND;

/** What the shown screen's report rests on: fetched again when that is another. The line's is new with each round. */
function basisOf({ pane, connection, entities, now }: ConsoleState): unknown {
  if (connection.phase !== "live") return undefined;
  const screen = screenOf(pane);
  if (screen === "line") return entities.line;
  return screen === "jobs" ? Math.floor(now / refreshMs) : undefined;
}

/** Fetches what a screen shows beside the feed, for as long as it is shown; to be called at each change of the store, ticks included. */
export function createReports({ command }: Pick<SentinelSocket, "command">, store: Store): () => void {
  let known: unknown;
  let isAsking = false;

  async function fetch(screen: "line" | "jobs"): Promise<DataAction | undefined> {
    if (screen === "line") {
      const answer = await command("line.show", {});
      return answer.ok ? { type: "line", view: answer.value } : undefined;
    }
    const answer = await command("health.show", {});
    return answer.ok ? { type: "health", view: answer.value } : undefined;
  }

  async function look(): Promise<void> {
    const state = store.get();
    const basis = basisOf(state);
    const screen = screenOf(state.pane);
    if (isAsking || basis === known) return;
    known = basis;
    if (basis === undefined || screen === "overview") return;
    isAsking = true;
    const action = await fetch(screen);
    isAsking = false;
    if (action) store.feed(action);
  }
  return () => void look();
}
