import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Beat, Host, Status } from "../../shared/model.ts";
import type { Change, StateReader } from "./state.ts";

export const noHost = (id: string): Refusal =>
  refuse("not_found", `there is no host ${id}; \`sentinel host list\` shows those there are`);

/** What is kept of one host. */
export interface Facts {
  host: Host;
  status: Status;
  beat: Beat | undefined;
}

export function factsOf(state: StateReader, id: string): Facts | undefined {
  const host = state.get("host", id)?.value;
  const status = state.get("status", id)?.value;
  return host && status && { host, status, beat: state.get("beat", id)?.value };
}

/** What people call a host. */
export const hostName = (state: StateReader, id: string): string => state.get("host", id)?.value.name ?? id;

/** The changes that lead from what is kept to what shall be. */
export function difference(id: string, before: Facts, after: Facts): Change[] {
  const changes: Change[] = [];
  if (after.beat && after.beat !== before.beat) changes.push({ kind: "beat", id, value: after.beat });
  if (after.host !== before.host) changes.push({ kind: "host", id, value: after.host });
  if (after.status !== before.status) changes.push({ kind: "status", id, value: after.status });
  return changes;
}

/** The state beneath `paused` and `off-hours`, and since when. */
export const beneath = ({ state, since, underlying = "new", underlyingSince = since }: Status) =>
  state === "paused" || state === "off-hours"
    ? { underlying, underlyingSince }
    : { underlying: state, underlyingSince: since };
