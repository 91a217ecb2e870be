import { type WatchableKind, watchableKinds } from "../../shared/model.ts";
import { limits } from "../../shared/protocol.ts";
import type { Clock } from "../../shared/time.ts";
import type { Change, Commit, Removal } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import { type ChangeList, frames } from "./frames.ts";

/** One who watches. `ready` says whether the line takes more; `send` tells when the frame has gone. */
export interface Watcher {
  since: number;
  kinds?: readonly WatchableKind[] | undefined;
  ready(): boolean;
  send(frame: string, sent: () => void): void;
}

export interface Feed {
  /** Starts to send changes, beginning with those since `watcher.since`. Returns the way to stop. */
  watch(watcher: Watcher): () => void;
  readonly watchers: number;
  /** Sent since the start. */
  readonly sentBytes: number;
  stop(): void;
}

interface Session extends Watcher {
  kindSet: ReadonlySet<string>;
  lastSentAt: number;
  /** What is still to be sent of a list; while it is there, nothing newer is prepared. */
  pending?: Iterator<string> | undefined;
  busy: boolean;
  closed: boolean;
}

/** How often changes go out, merged. */
const TICK_MS = 200;
/** A watcher hears something a little before it would begin to wonder. */
const IDLE_MS = limits.feedIdleMs - 2 * TICK_MS;
/** At least so many changes are kept for those who are nearly up to date; whoever is further behind gets a list made from the state. */
const LOG_CHANGES = 20_000;

/**
 * The live feed. A watcher's whole state is one revision, so a slow line costs no memory: it is sent what has changed
 * since, merged, whenever it is ready. Watchers at the same revision share the serialised frames.
 */
export function createFeed({ store, clock }: { store: Store; clock: Clock }): Feed {
  const sessions = new Set<Session>();
  const log: Commit[] = [];
  let logged = 0;
  let sentBytes = 0;
  let cancelTick: (() => void) | undefined;
  let shared = new Map<string, string[]>();
  const unsubscribe = store.onDurable(remember);

  function remember(commit: Commit): void {
    log.push(commit);
    logged += commit.changes.length;
    if (logged > 2 * LOG_CHANGES) forget();
  }

  /** Cuts the log to size in one go: shifting it commit by commit would copy it each time. */
  function forget(): void {
    let drop = 0;
    for (; logged > LOG_CHANGES && drop < log.length - 1; drop++) logged -= log[drop]?.changes.length ?? 0;
    log.splice(0, drop);
  }

  function tick(): void {
    shared = new Map();
    for (const session of sessions) pump(session);
    cancelTick = sessions.size > 0 ? clock.after(TICK_MS, tick) : undefined;
  }

  /** Sends one more frame if the line is ready; goes on when it has gone. */
  function pump(session: Session): void {
    if (session.closed || session.busy || !session.ready()) return;
    if (!session.pending) return prepare(session);
    const next = session.pending.next();
    if (next.done) {
      session.pending = undefined;
      return;
    }
    session.lastSentAt = clock.monotonic();
    session.busy = true;
    sentBytes += Buffer.byteLength(next.value);
    session.send(next.value, () => {
      session.busy = false;
      if (session.pending) pump(session);
    });
  }

  function prepare(session: Session): void {
    const { durableRev } = store;
    if (session.since === durableRev && clock.monotonic() - session.lastSentAt < IDLE_MS) return;
    const first = log[0]?.rev ?? store.durableRev + 1;
    if (session.since > 0 && session.since >= first - 1 && session.since <= durableRev) {
      session.pending = recent(session, durableRev)[Symbol.iterator]();
      session.since = durableRev;
      return pump(session);
    }
    listState(session);
  }

  /** The frames from `since` to `rev` out of the log, made once for all who are at the same place. */
  function recent({ since, kindSet, kinds }: Session, rev: number): string[] {
    const key = `${since}|${rev}|${kinds?.join() ?? ""}`;
    let made = shared.get(key);
    if (!made) shared.set(key, (made = [...frames(merge(log, since, kindSet), rev, false)]));
    return made;
  }

  /** A list from the head, sent once the head is durable. `busy` keeps the session quiet until then. */
  function listState(session: Session): void {
    const { state } = store;
    const rev = state.rev;
    const snapshot = session.since === 0 || session.since > rev || session.since < state.removalFloor;
    const since = snapshot ? 0 : session.since;
    const list: ChangeList = { upserts: [], removals: [] };
    for (const kind of watchableKinds) {
      if (!session.kindSet.has(kind)) continue;
      for (const entity of state.all(kind)) if (entity.rev > since) list.upserts.push(entity);
    }
    // What has come back since isn't gone.
    const isGone = ({ kind, id, rev: at }: Removal) => at > since && session.kindSet.has(kind) && !state.get(kind, id);
    if (!snapshot) list.removals.push(...state.removals().filter(isGone));
    session.busy = true;
    store.durable(rev).then(
      () => {
        session.busy = false;
        session.since = rev;
        session.pending = frames(list, rev, snapshot);
        pump(session);
      },
      () => {
        session.busy = false;
      },
    );
  }

  return {
    watch(watcher) {
      const { kinds = watchableKinds } = watcher;
      const session: Session = {
        ...watcher,
        kindSet: new Set(kinds),
        lastSentAt: -Infinity,
        busy: false,
        closed: false,
      };
      sessions.add(session);
      pump(session);
      cancelTick ??= clock.after(TICK_MS, tick);
      return () => {
        session.closed = true;
        sessions.delete(session);
      };
    },
    get watchers() {
      return sessions.size;
    },
    get sentBytes() {
      return sentBytes;
    },
    stop() {
      cancelTick?.();
      unsubscribe();
      sessions.clear();
    },
  };
}

/** The last word on each entity that changed after `since`. */
function merge(log: Commit[], since: number, kinds: ReadonlySet<string>): ChangeList {
  const last = new Map<string, { change: Change; rev: number }>();
  const start = Math.max(0, since + 1 - (log[0]?.rev ?? 0));
  for (let i = start; i < log.length; i++) {
    const commit = log[i];
    if (!commit) continue;
    for (const change of commit.changes) {
      if (kinds.has(change.kind) && !("record" in change))
        last.set(`${change.kind}/${change.id}`, { change, rev: commit.rev });
    }
  }
  const list: ChangeList = { upserts: [], removals: [] };
  for (const { change, rev } of last.values()) {
    if ("value" in change) list.upserts.push({ kind: change.kind, id: change.id, rev, value: change.value });
    else list.removals.push({ kind: change.kind, id: change.id, rev });
  }
  return list;
}
