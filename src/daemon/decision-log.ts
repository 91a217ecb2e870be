import type { Logger } from "pino";
import type { Commit } from "./domain/state.ts";

export function logRefusing(reason: string | undefined, log: Logger): void {
  if (reason === undefined) log.info("what happens can be kept again");
  else log.error({ reason }, "nothing can be kept");
}

/** One line for each thing that a person would want to find in the log. */
export function logDecisions({ rev, by, changes }: Commit, log: Logger): void {
  for (const change of changes) {
    if (!("value" in change)) continue;
    if (change.kind === "status")
      log.info({ rev, host: change.id, state: change.value.state, reason: change.value.reason }, "host");
    else if (change.kind === "alert")
      log.info({ rev, alert: change.id, key: change.value.key, state: change.value.state, by }, "alert");
    else if (change.kind === "outage") log.info({ rev, ...change.value }, "line");
    else if (change.kind === "gap") log.info({ rev, ...change.value }, "gap");
  }
}
