import type { ArgsInput } from "../../../shared/api/registry.ts";
import type { Refusal } from "../../../shared/errors.ts";
import { SECOND } from "../../../shared/time.ts";
import type { Entities } from "../entities.ts";
import { whyNot } from "../roles.ts";
import type { SentCommand } from "../roles.ts";
import type { ConsoleState } from "../state.ts";
import { withToast } from "../toast.ts";

/** Something that a person does: a command, what it looks like until the daemon has said so, and how it is taken back. */
export interface Act<N extends SentCommand = SentCommand> {
  name: N;
  args: ArgsInput<N>;
  /** What it is done to: `web01`, `3 alerts`. */
  about: string;
  /** In a sentence's past: `Acknowledged`. */
  done: string;
  /** What is shown at once; called anew on each state that the daemon tells. */
  patch?(entities: Entities): Entities;
  /** Whether the daemon's own state shows it, so that the patch has served. */
  isSeen?(told: Entities): boolean;
  /** Takes it back, for five seconds. Without it, it is sent only once those are over. */
  inverse?: Act;
  /** What comes of the daemon's answer: a secret is shown this once. */
  answered?(state: ConsoleState, value: unknown): ConsoleState;
  /** What comes of a refusal beside its words: the form that was sent is there again. */
  refused?(state: ConsoleState, refusal: Refusal): ConsoleState;
  /** Sent at once though it can't be taken back: the person was asked, or it takes nothing away. */
  atOnce?: true;
  /** How long its answer may take, if that is longer than most. */
  timeoutMs?: number;
}

/** An act that isn't the daemon's yet. */
export interface PendingAct extends Act {
  /** The command's UUID: however often it is sent, it counts once. */
  key: string;
  sendAt: number;
  /** When the daemon confirmed it. */
  answeredAt?: number | undefined;
}

/** What `u` takes back, until then. */
export interface Undo {
  key: string;
  about: string;
  inverse?: Act | undefined;
  until: number;
}

/** Ties an act's arguments to its command. */
export const act = <N extends SentCommand>(one: Act<N>): Act => one as unknown as Act;

/** How long an act can be taken back. */
export const undoMs = 5 * SECOND;

/** A confirmed act whose effect isn't seen by then has served: the feed may have merged it away. */
const servedMs = 10 * SECOND;

/** What is shown: the daemon's state (or what was frozen) with what a person did since. */
export const shown = (state: ConsoleState): ConsoleState => ({
  ...state,
  entities: state.acts.reduce(
    (entities, { patch }) => patch?.(entities) ?? entities,
    state.frozen?.entities ?? state.told,
  ),
});

const withActs = (state: ConsoleState, acts: readonly PendingAct[]): ConsoleState => shown({ ...state, acts });

/** Does it: shown at once, sent as soon as it may be, and taken back by `u` for five seconds. */
export function perform(state: ConsoleState, given: Act, key: string): ConsoleState {
  const refused = whyNot(state, given.name);
  if (refused !== undefined) return withToast(state, refused, "bad");
  const { inverse, atOnce, about } = given;
  const isHeld = inverse === undefined && !atOnce;
  const pending: PendingAct = { ...given, key, sendAt: isHeld ? state.now + undoMs : state.now };
  const undo = atOnce ? state.undo : { key, about, inverse, until: state.now + undoMs };
  const next = withActs({ ...state, undo }, [...state.acts, pending]);
  if (isHeld) return withToast(next, `${given.done}: ${about}, sent in 5s; u takes it back`, "accent");
  return state.connection.phase === "live"
    ? next
    : withToast(next, `${about}: will be sent once the daemon is back`, "warn");
}

/** The daemon's answer: a refusal rolls the act back and says why. */
export function answerAct(
  state: ConsoleState,
  key: string,
  refusal: Refusal | undefined,
  value?: unknown,
): ConsoleState {
  const acts = state.acts.filter((one) => one.key !== key);
  const found = state.acts.find((one) => one.key === key);
  if (!found) return state;
  if (refusal) {
    const undo = state.undo?.key === key ? undefined : state.undo;
    const said = `${found.about}: not ${found.done.toLowerCase()}: ${refusal.message}`;
    const back = withToast(withActs({ ...state, undo }, acts), said, "bad");
    return found.refused?.(back, refusal) ?? back;
  }
  const answered = state.acts.map((one) => (one.key === key ? { ...one, answeredAt: state.now } : one));
  const canUndo = state.undo?.key === key && state.undo.until > state.now;
  const said = `${found.done}: ${found.about}${canUndo ? "; u takes it back" : ""}`;
  const next = withToast(dropSeen({ ...state, acts: answered }), said, "good");
  return found.answered?.(next, value) ?? next;
}

/** Once confirmed and seen in the feed, what was done is the feed's own. */
export function dropSeen(state: ConsoleState): ConsoleState {
  const isServed = ({ answeredAt, isSeen }: PendingAct): boolean =>
    answeredAt !== undefined && ((isSeen?.(state.told) ?? true) || state.now >= answeredAt + servedMs);
  // The feed keeps the order: where a later one is seen, those before it were, or are undone by it.
  const last = state.acts.findLastIndex(isServed);
  const acts = state.acts.filter((one, index) => one.answeredAt === undefined || (index > last && !isServed(one)));
  return acts.length === state.acts.length ? state : withActs(state, acts);
}

/** Still sent, and not shown any more. */
const bare = ({ patch: _patch, isSeen: _isSeen, ...one }: PendingAct): PendingAct => one;

/** Takes back what was done last: what is still held never was, and what was sent is followed by its inverse. */
export function undo(state: ConsoleState, key: string): ConsoleState {
  const { undo: last, acts } = state;
  if (!last || last.until <= state.now) return withToast(state, "there is nothing to take back", "dim");
  const rest = { ...state, undo: undefined };
  if (last.inverse) {
    // The feed may tell of both at once and never show what was taken back: then nothing would end its patch.
    const shownNoMore = acts.map((one) => (one.key === last.key ? bare(one) : one));
    return perform({ ...rest, acts: shownNoMore }, { ...last.inverse, atOnce: true }, key);
  }
  const without = acts.filter((one) => one.key !== last.key);
  return withToast(withActs(rest, without), `${last.about}: taken back`, "good");
}

export const isPending = ({ acts }: ConsoleState, name: SentCommand, id: string): boolean =>
  acts.some((one) => one.name === name && (one.args as { ids?: readonly string[] }).ids?.includes(id));
