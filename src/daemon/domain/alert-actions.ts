import type { AlertView } from "../../shared/api/alert.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Alert } from "../../shared/model.ts";
import { formatDuration } from "../../shared/time.ts";
import { targets } from "./alert.ts";
import { alertView } from "./alert-view.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import type { Change, StateReader } from "./state.ts";

type Items = Result<"alert.ack">;
type Some = { id?: string | undefined; ids?: string[] | undefined; comment?: string | undefined };

/** An alert keeps so many of the last things that people did about it. */
const DEEDS = 20;

/** Does something to alerts: to all that are named or, if one of them can't be, to none. What stays as it was isn't written. */
function act(
  state: StateReader,
  args: Some,
  { now, by }: Context,
  { did, change }: { did: string; change(alert: Alert, id: string): Alert | Refusal },
): Decision<Items> {
  const changes: Change[] = [];
  const items: AlertView[] = [];
  for (const id of targets(args)) {
    const before = state.get("alert", id)?.value;
    if (!before) return noAlert(id);
    const changed = change(before, id);
    if ("code" in changed) return changed;
    const deed = { at: now, by: by.name, did, ...noted(args.comment) };
    const value = changed === before ? before : { ...changed, deeds: [...(before.deeds ?? []), deed].slice(-DEEDS) };
    if (value !== before) changes.push({ kind: "alert", id, value });
    items.push(alertView(state, { id, value }));
  }
  return decided({ items }, changes);
}

export const noAlert = (id: string): Refusal =>
  refuse("not_found", `there is no alert ${id}, or it has been over for a day; \`sentinel alert list\` shows them`);
const over = (id: string, what: string): Refusal => refuse("conflict", `alert ${id} is resolved already: ${what}`);
const noted = (comment: string | undefined) => (comment ? { comment } : {});

/** Somebody is on it, until it is over or for a time. A second acknowledgement changes nothing unless it says something new. */
export const acknowledge = (state: StateReader, args: Args<"alert.ack">, context: Context): Decision<Items> =>
  act(state, args, context, {
    did: "acknowledged",
    change(alert, id) {
      const { comment, durationMs } = args;
      if (alert.state === "resolved") return over(id, "there is nothing left to acknowledge");
      const same =
        durationMs === undefined &&
        alert.ackedUntil === undefined &&
        (comment === undefined || comment === alert.comment);
      if (alert.state === "acknowledged" && same) return alert;
      const { ackedUntil: _before, ...rest } = alert;
      const { now, by } = context;
      const until = durationMs === undefined ? {} : { ackedUntil: now + durationMs };
      return { ...rest, state: "acknowledged", ackedAt: now, ackedBy: by.name, ...until, ...noted(comment) };
    },
  });

/** It fires again, and nobody is on it. */
export const unacknowledge = (state: StateReader, args: Args<"alert.unack">, context: Context): Decision<Items> =>
  act(state, args, context, {
    did: "gave back",
    change(alert) {
      if (alert.state !== "acknowledged") return alert;
      return { ...firingAgain(alert), ...noted(args.comment) };
    },
  });

/** As it was before it was acknowledged. */
export function firingAgain(alert: Alert): Alert {
  const { ackedAt: _at, ackedBy: _by, ackedUntil: _until, ...rest } = alert;
  return { ...rest, state: "firing" };
}

/** The last word about it; the one before is among what people did. */
export const comment = (state: StateReader, args: Args<"alert.comment">, context: Context): Decision<Items> =>
  act(state, args, context, {
    did: "commented",
    change: (alert) => (alert.comment === args.comment ? alert : { ...alert, comment: args.comment }),
  });

/** Who is asked to take it. */
export const assign = (state: StateReader, args: Args<"alert.assign">, context: Context): Decision<Items> =>
  act(state, args, context, {
    did: `assigned it to ${args.assignee}`,
    change(alert, id) {
      if (alert.state === "resolved") return over(id, "there is nothing left to take");
      if (alert.assignee === args.assignee && !args.comment) return alert;
      return { ...alert, assignee: args.assignee, ...noted(args.comment) };
    },
  });

/** Left be for a time, by whoever had taken it too; if it fires still, it is told again then. */
export const snooze = (state: StateReader, args: Args<"alert.snooze">, context: Context): Decision<Items> =>
  act(state, args, context, {
    did: `snoozed it for ${formatDuration(args.durationMs)}`,
    change(alert, id) {
      if (alert.state === "resolved") return over(id, "there is nothing left to snooze");
      const { announcedAt: _told, ...rest } = firingAgain(alert);
      const { now, by } = context;
      const heldBy = `snoozed by ${by.name}`;
      return { ...rest, heldBy, snoozedBy: by.name, snoozedUntil: now + args.durationMs, ...noted(args.comment) };
    },
  });

/** It is over because a person says so. */
export const resolveByHand = (state: StateReader, args: Args<"alert.resolve">, context: Context): Decision<Items> =>
  act(state, args, context, {
    did: "resolved",
    change(alert) {
      if (alert.state === "resolved") return alert;
      const { now, by } = context;
      const resolution = `resolved by ${by.name}${args.comment ? `: ${args.comment}` : ""}`;
      return { ...alert, state: "resolved", resolution, lastAt: now, resolvedAt: now };
    },
  });
