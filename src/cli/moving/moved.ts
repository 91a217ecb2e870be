import type { CommandName } from "../../shared/api/registry.ts";
import { refuseInvalid } from "../../shared/errors.ts";
import { hostAdd } from "../../shared/api/host.ts";
import type { Step } from "../importing.ts";

/** One thing of another monitor, as the commands that set it up here; without any it stays behind, and `why` says so. */
export interface Moved {
  kind: string;
  id: string;
  calls: { name: CommandName; args: object }[];
  why?: string | undefined;
}

/** It can't come over, for this reason. */
export const leftBehind = (kind: string, id: string, why: string): Moved => ({ kind, id, calls: [], why });

/** A host, checked here already, so that a dry run says what would be refused. */
export function movedHost(args: { id: string } & Record<string, unknown>, paused: boolean, note?: string): Moved {
  const known = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  const parsed = hostAdd.args.safeParse(known);
  if (!parsed.success) return leftBehind("host", args.id, refuseInvalid(parsed.error).message);
  const pause = paused ? [{ name: "host.pause" as const, args: { id: args.id } }] : [];
  return { kind: "host", id: args.id, calls: [{ name: "host.add", args: known }, ...pause], why: note };
}

/** Gives each its own id where two names make the same one: `web`, `web-2`. */
export function uniqueIds(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    const base = wanted || "unnamed";
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base.slice(0, 60)}-${n}`;
    taken.add(id);
    return id;
  };
}

/** What is done of it where something is there already: that stays as it is. */
export const planMove = (moved: readonly Moved[], there: ReadonlySet<string>): Step[] =>
  moved.map(({ kind, id, calls, why }) => {
    const isThere = there.has(`${kind} ${id}`);
    if (calls.length === 0 || isThere)
      return { line: { kind, id }, verb: "skip", calls: [], why: isThere ? "there is one already" : why };
    return { line: { kind, id }, verb: "add", calls, why };
  });
