import type { Args } from "../../src/shared/api/registry.ts";
import type { HeartbeatArgs } from "../../src/shared/protocol.ts";
import type { Caller, Context, Decision, Minted } from "../../src/daemon/domain/decision.ts";
import { check, nextCheckAt } from "../../src/daemon/domain/check.ts";
import { heartbeat } from "../../src/daemon/domain/heartbeat.ts";
import { addHost } from "../../src/daemon/domain/host.ts";
import { noticesFor } from "../../src/daemon/domain/notify.ts";
import { State } from "../../src/daemon/domain/state.ts";

export const person: Caller = { name: "ada", role: "admin" };
export const fakeMint = (host: string): Minted => ({
  tokenId: `t-${host}`,
  hashes: [`hash-of-${host}`],
  secrets: { token: `secret-of-${host}`, heartbeat_url: "h", ping_url: "p", slug_url: "s", push_url: "u" },
});

/** The domain with no engine around it: decisions are applied at once, and time is a number that the test moves. */
export function createWorld(startAt = 1_800_000_000_000) {
  const state = new State();
  let now = startAt;

  function run<T>(decide: (state: State, context: Context) => Decision<T>): Decision<T> {
    const decision = decide(state, { now, by: person, mint: fakeMint("web01") });
    // As the engine does: notices are part of the commit.
    if (decision.ok) decision.changes.push(...noticesFor(state, decision.changes, now));
    if (decision.ok && decision.changes.length > 0)
      state.apply({ rev: state.rev + 1, at: now, by: person.name, changes: decision.changes });
    return decision;
  }

  return {
    state,
    run,
    now: () => now,
    pass: (ms: number) => void (now += ms),
    add: (args: Partial<Args<"host.add">> & { id: string }) =>
      run((reader, context) =>
        addHost(
          reader,
          {
            tags: [],
            ...(args.cron === undefined && args.calendar === undefined ? { periodMs: 60_000 } : {}),
            graceMs: 30_000,
            firstBeatMs: 3_600_000,
            window: { kind: "always" },
            ...args,
          },
          context,
        ),
      ),
    beat: (args: HeartbeatArgs) => run((reader, context) => heartbeat(reader, args, context)),
    /** The same by a ping URL. */
    ping: (args: HeartbeatArgs) =>
      run((reader, context) => heartbeat(reader, args, { ...context, resumes: true, body: "ping/web01/1" })),
    /** Looks at the host if its time has come, as the deadline queue does. */
    look(id: string): void {
      const at = nextCheckAt(state, id, now);
      if (at !== undefined && at <= now) run((reader, context) => check(reader, { id }, context));
    },
    status: (host: string) => state.get("status", host)?.value,
    alert: (host: string) => state.openAlert(`heartbeat:${host}`),
    alerts: () => [...state.all("alert")].map(({ value }) => value),
  };
}
