import { DAY, formatDuration, HOUR, MINUTE } from "../../../shared/time.ts";
import type { Alert } from "../../../shared/model.ts";
import type { Entities } from "../entities.ts";
import { clearMarks } from "../navigate.ts";
import { daemonNow } from "../selectors.ts";
import { readSpan } from "../span.ts";
import type { ConsoleState } from "../state.ts";
import { act, perform } from "./act.ts";
import type { Act } from "./act.ts";
import { askAct } from "./asking.ts";
import type { AlertVerb, Target } from "./targets.ts";

export const verbs = {
  ack: { done: "acknowledged", fits: ({ state }) => state === "firing", otherwise: "is acknowledged already" },
  unack: { done: "given back", fits: ({ state }) => state === "acknowledged", otherwise: "isn't acknowledged" },
  comment: { done: "commented on" },
  assign: { done: "assigned" },
  snooze: { done: "snoozed" },
  resolve: { done: "resolved" },
} satisfies Record<string, AlertVerb>;

function patched(entities: Entities, ids: readonly string[], change: (alert: Alert) => Alert): Entities {
  const alert = new Map(entities.alert);
  for (const id of ids) {
    const one = alert.get(id);
    if (one && one.state !== "resolved") alert.set(id, change(one));
  }
  return { ...entities, alert };
}

const firingAgain = ({ ackedAt: _at, ackedBy: _by, ackedUntil: _until, ...rest }: Alert): Alert => ({
  ...rest,
  state: "firing",
});

const counted = ({ ids, about }: Target): string =>
  ids.length > 1 && about !== `${ids.length} alerts` ? `${about} (${ids.length} alerts)` : about;
const commented = (comment: string) => (comment ? { comment } : {});

/** Asks for a comment, then acknowledges. */
export const askAck = (state: ConsoleState, target: Target): ConsoleState =>
  askAct(state, { label: `Acknowledge ${counted(target)}:`, about: "comment, if any" }, (comment) => {
    const { ids, about } = target;
    const args = { ids: [...ids], ...commented(comment) };
    return act({
      name: "alert.ack",
      args,
      about,
      done: "Acknowledged",
      patch: (entities) => patched(entities, ids, (one) => ({ ...one, state: "acknowledged", ...commented(comment) })),
      isSeen: (told) => ids.every((id) => told.alert.get(id)?.state !== "firing"),
      inverse: giveBack(target),
    });
  });

/** They fire again, and nobody is on them. */
function giveBack({ ids, about }: Target): Act {
  return act({
    name: "alert.unack",
    args: { ids: [...ids] },
    about,
    done: "Given back",
    patch: (entities) => patched(entities, ids, firingAgain),
    isSeen: (told) => ids.every((id) => told.alert.get(id)?.state !== "acknowledged"),
  });
}

/** Who had acknowledged it, and when, can't be put back: it waits. */
export const unacknowledge = (state: ConsoleState, target: Target, newKey: () => string): ConsoleState =>
  perform(clearMarks(state), giveBack(target), newKey());

export const askComment = (state: ConsoleState, target: Target): ConsoleState =>
  askAct(state, { label: `Comment on ${counted(target)}:`, about: "what there is to say" }, (comment) => {
    const { ids, about } = target;
    if (comment === "") return "Say something, or Esc";
    return act({
      name: "alert.comment",
      args: { ids: [...ids], comment },
      about,
      done: "Commented on",
      patch: (entities) => patched(entities, ids, (one) => ({ ...one, comment })),
      isSeen: (told) => ids.every((id) => told.alert.get(id)?.comment === comment),
    });
  });

export const askAssign = (state: ConsoleState, target: Target): ConsoleState =>
  askAct(state, { label: `Who takes ${counted(target)}:`, about: "a name" }, (assignee) => {
    const { ids, about } = target;
    if (assignee === "") return "Give a name, or Esc";
    if ([...assignee].length > 64) return "Give a name of at most 64 characters";
    return act({
      name: "alert.assign",
      args: { ids: [...ids], assignee },
      about,
      done: "Assigned",
      patch: (entities) => patched(entities, ids, (one) => ({ ...one, assignee })),
      isSeen: (told) => ids.every((id) => told.alert.get(id)?.assignee === assignee),
    });
  });

const snoozeMs = HOUR;
const longestSnoozeMs = 30 * DAY;

/** Asks for how long; they are told again then if they still fire. */
export const askSnooze = (state: ConsoleState, target: Target): ConsoleState =>
  askAct(
    state,
    { label: `Snooze ${counted(target)} for:`, about: "1h; or 30m, until 08:00; then why" },
    (text, after) => {
      const { ids, about } = target;
      const span = text === "" ? { durationMs: snoozeMs, rest: "" } : readSpan(text, after.now);
      if (!span) return "Say how long: 30m, 2h or until 08:00";
      const { durationMs, rest: comment } = span;
      if (durationMs > longestSnoozeMs) return "Say how long, 30d at the most";
      const until = daemonNow(after) + durationMs;
      return act({
        name: "alert.snooze",
        args: { ids: [...ids], durationMs, ...commented(comment) },
        about,
        done: `Snoozed for ${formatDuration(durationMs)}`,
        patch: (entities) =>
          patched(entities, ids, (one) => ({
            ...firingAgain(one),
            heldBy: "snoozed by you",
            snoozedUntil: until,
            ...commented(comment),
          })),
        // It is counted anew when it is sent, which is later.
        isSeen: (told) => ids.every((id) => (told.alert.get(id)?.snoozedUntil ?? 0) > until - MINUTE),
      });
    },
  );

/** Asks why; whoever was told of them is told of it, so it waits. */
export const askResolve = (state: ConsoleState, target: Target): ConsoleState =>
  askAct(
    state,
    { label: `Resolve ${counted(target)}:`, about: "why, if you like; Enter resolves" },
    (comment, after) => {
      const { ids, about } = target;
      const at = daemonNow(after);
      return act({
        name: "alert.resolve",
        args: { ids: [...ids], ...commented(comment) },
        about,
        done: "Resolved",
        patch: (entities) =>
          patched(entities, ids, (one) => ({
            ...one,
            state: "resolved",
            lastAt: at,
            resolvedAt: at,
            resolution: "resolved by you",
          })),
        isSeen: (told) => ids.every((id) => (told.alert.get(id)?.state ?? "resolved") === "resolved"),
      });
    },
  );
