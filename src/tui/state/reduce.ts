import { SECOND } from "../../shared/time.ts";
import type { Action } from "./actions.ts";
import { answerAct, dropSeen, shown } from "./acts/act.ts";
import { applyChanges } from "./entities.ts";
import { withFetched } from "./needs.ts";
import { extendRings, setRings } from "./recents.ts";
import { settle } from "./screens.ts";
import type { ConsoleState } from "./state.ts";

function connection(state: ConsoleState, { state: next, now }: Extract<Action, { type: "connection" }>): ConsoleState {
  if (next.phase !== "live") return { ...state, connection: next, now };
  const skewMs = next.welcome.now - now;
  return { ...state, connection: next, now, heardAt: now, skewMs: Math.abs(skewMs) < SECOND ? 0 : skewMs };
}

function tick(state: ConsoleState, now: number, heardAt: number | undefined): ConsoleState {
  const toast = state.toast && state.toast.until > now ? state.toast : undefined;
  return dropSeen({ ...state, now, toast, heardAt: heardAt ?? state.heardAt });
}

function after(state: ConsoleState, action: Action): ConsoleState {
  switch (action.type) {
    case "changes": {
      const told = applyChanges(state.told, action.lists);
      const recents = extendRings(state.recents, action.lists);
      return dropSeen(shown({ ...state, synced: true, told, recents }));
    }
    case "recent":
      return { ...state, recents: setRings(state.recents, action.items) };
    case "fetched":
      return withFetched(state, action.key, action.fetched);
    case "tick":
      return tick(state, action.now, action.heardAt);
    case "connection":
      return connection(state, action);
    case "answer":
      return answerAct(state, action.key, action.refusal, action.value);
    case "resize":
      return { ...state, size: { columns: action.columns, rows: action.rows } };
  }
}

/** The console after something came from outside. */
export const reduce = (state: ConsoleState, action: Action): ConsoleState => settle(after(state, action));
