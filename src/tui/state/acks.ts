import type { Refusal } from "../../shared/errors.ts";
import type { ConsoleState, PendingAck } from "./state.ts";
import { withToast } from "./toast.ts";

/** Enter in a prompt: a comment becomes an acknowledgement that is shown at once, a filter simply stays. */
export function submit(state: ConsoleState, key: string): ConsoleState {
  const { overlay } = state;
  if (overlay?.kind !== "comment") return { ...state, overlay: undefined };
  const comment = overlay.line.text.trim();
  const ack: PendingAck = { key, ids: overlay.ids, answered: false, ...(comment ? { comment } : {}) };
  const sent = { ...state, overlay: undefined, acks: [...state.acks, ack] };
  return state.connection.phase === "live"
    ? sent
    : withToast(sent, `${overlay.about}: will be acknowledged once the daemon is back`, "warn");
}

/** A refusal rolls the acknowledgement back and says why. */
export function answerAck(state: ConsoleState, key: string, refusal: Refusal | undefined): ConsoleState {
  const without = state.acks.filter((ack) => ack.key !== key);
  if (refusal) return withToast({ ...state, acks: without }, `Not acknowledged: ${refusal.message}`, "bad");
  const acks = state.acks.map((ack) => (ack.key === key ? { ...ack, answered: true } : ack));
  return withToast(dropSeenAcks({ ...state, acks }), "Acknowledged", "good");
}

/** Once confirmed and seen in the feed, an acknowledgement is the feed's own. */
export function dropSeenAcks(state: ConsoleState): ConsoleState {
  const isOpen = (id: string): boolean => state.entities.alert.get(id)?.state === "firing";
  const acks = state.acks.filter((ack) => !ack.answered || ack.ids.some(isOpen));
  return acks.length === state.acks.length ? state : { ...state, acks };
}
