import { file } from "../../../src/daemon/monitors/logs/sources/file/file.ts";
import type { Collected, Limits, Request } from "../../../src/daemon/monitors/logs/sources/source.ts";
import { systemClock } from "../../../src/shared/system-clock.ts";
import type { Committed } from "./judge.ts";
import { numberOf } from "./log-writer.ts";

/** One way to collect the log at that path. */
export type Collect = (path: string, given: Pick<Request, "cursor" | "limits">) => Promise<Collected>;

export const collectLocally: Collect = (path, given) =>
  file.collect({
    ...given,
    options: file.options.parse({ path, from: "start" }),
    signal: new AbortController().signal,
    clock: systemClock,
    means: {},
  });

/** Collects a file as the daemon does: cursor and lines are kept together, or neither is. */
export function createKeeper(log: string, collect: Collect) {
  const committed: Committed = { lines: [], gaps: [] };
  const read = new Set<number>();
  let cursor: unknown;
  return {
    committed,
    /** The lines in it, by number. */
    read,
    /** Says whether there is more. Without a commit it never was. */
    async collect(limits: Limits, isCommitted: boolean): Promise<boolean> {
      const collected = await collect(log, { cursor, limits });
      if (!isCommitted) return true;
      // As it is read from the store.
      cursor = JSON.parse(JSON.stringify(collected.cursor));
      committed.lines.push(...collected.lines);
      for (const line of collected.lines) {
        const n = typeof line === "string" ? numberOf(line) : undefined;
        if (n !== undefined) read.add(n);
      }
      committed.gaps.push(...collected.gaps);
      return collected.more;
    },
  };
}
