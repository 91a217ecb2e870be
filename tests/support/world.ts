import type { Args } from "../../src/shared/api/registry.ts";
import type { HeartbeatArgs } from "../../src/shared/protocol.ts";
import type { Caller, Context, Decision, Minted } from "../../src/daemon/domain/decision.ts";
import { check, nextCheckAt } from "../../src/daemon/domain/check.ts";
import { attend, attendAt } from "../../src/daemon/domain/attend.ts";
import { addChannel } from "../../src/daemon/domain/channel.ts";
import { delivered } from "../../src/daemon/domain/delivery.ts";
import { heartbeat } from "../../src/daemon/domain/heartbeat.ts";
import { addHost } from "../../src/daemon/domain/host.ts";
import { addSource } from "../../src/daemon/domain/log-source.ts";
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

  /** What time does next, and when: as the lookout of the engine does, with everything looked at anew. */
  function nextLook(): { at: number; look: () => Decision<undefined> } | undefined {
    const looks = [
      ...Array.from(state.all("host"), ({ id }) => ({
        at: nextCheckAt(state, id, now) ?? Infinity,
        look: () => run((reader, context) => check(reader, { id }, context)),
      })),
      ...Array.from(state.all("alert"), ({ id }) => ({
        at: attendAt(state, id, now),
        look: () => run((reader, context) => attend(reader, { id }, context)),
      })),
    ];
    return looks.toSorted((a, b) => a.at - b.at)[0];
  }

  return {
    state,
    run,
    /** Lets time pass, and everything happen that is due meanwhile. What was due and changes nothing would be due for ever. */
    live(ms: number): void {
      const end = now + ms;
      for (let next = nextLook(); next && next.at <= end; next = nextLook()) {
        now = Math.max(now, next.at);
        const before = state.rev;
        next.look();
        if (state.rev === before) throw new Error("what was due changed nothing");
      }
      now = end;
    },
    channel: (id: string, edits = false) =>
      run((reader, context) =>
        addChannel(reader, { id, type: "discord", options: {}, secrets: {} }, { ...context, edits }),
      ),
    /** Tells all that waits, through every channel, and says what that was: `ops raised web01`. */
    tell(): string[] {
      const waiting = [...state.all("delivery")].filter(({ value }) => value.state === "pending");
      for (const { id } of waiting)
        run((reader, context) =>
          delivered(reader, { ids: [id], jitter: 0, result: { ok: true, ref: `m-${id}` } }, context),
        );
      return waiting.map(
        ({ value }) => `${value.channel} ${value.event} ${state.get("alert", value.alert)?.value.key}`,
      );
    },
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
    /** A log of a host, as `logs.add` makes it. */
    source: (id: string, host = "web01") =>
      run((state, context) =>
        addSource(
          state,
          { id, host, type: "file", options: { path: `/var/log/${id}` } },
          { ...context, title: `file ${id}` },
        ),
      ),
    status: (host: string) => state.get("status", host)?.value,
    alert: (host: string) => state.openAlert(`heartbeat:${host}`),
    alerts: () => [...state.all("alert")].map(({ value }) => value),
  };
}
