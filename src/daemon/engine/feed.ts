import { type WatchableKind, watchableKinds } from "../../shared/model.ts";
import { limits } from "../../shared/protocol.ts";
import type { Clock } from "../../shared/time.ts";
import type { Commit } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import { createWriter, frames, type Item } from "./frames.ts";

/** One who watches. `ready` says whether the line takes more; `send` tells when the frame has gone. */
export interface Watcher {
  since: number;
  kinds?: readonly WatchableKind[] | undefined;
  ready(): boolean;
  send(frame: Buffer, sent: () => void): void;
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
  pending?: Iterator<Buffer> | undefined;
  /** That is read from the head, which may be ahead of what is durable. */
  ahead: boolean;
  busy: boolean;
  closed: boolean;
}

/** How often changes go out, merged. */
const TICK_MS = 200;
/** A watcher hears something a little before it would begin to wonder. */
const IDLE_MS = limits.feedIdleMs - 2 * TICK_MS;
/** At least so many changes are kept for those who are nearly up to date; whoever is further behind gets a list made from the state. */
const LOG_CHANGES = 5_000;

/**
 * The live feed. A watcher's whole state is one revision, or a place in the state, so a slow line costs no memory: it is
 * sent what has changed since, merged, whenever it is ready. Watchers at the same revision share the frames, all others
 * the text of each entity.
 */
export function createFeed({ store, clock }: { store: Store; clock: Clock }): Feed {
  const sessions = new Set<Session>();
  const log: Commit[] = [];
  let logged = 0;
  let sentBytes = 0;
  let cancelTick: (() => void) | undefined;
  let shared = new Map<string, Buffer[]>();
  let textOf = createWriter();
  const waiting: Session[] = [];
  const unsubscribe = store.onDurable(remember);

  /** For nobody there is nothing to remember: whoever comes gets what changed since out of the state. */
  function remember(commit: Commit): void {
    if (sessions.size === 0) {
      logged = log.length = 0;
      return;
    }
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

  /** Whether the log has all that came after `rev`. */
  const reaches = (rev: number): boolean => rev <= store.durableRev && rev + 1 >= (log[0]?.rev ?? store.durableRev + 1);

  function tick(): void {
    shared = new Map();
    // Consoles that come all at once take longer than this for their lists.
    if (waiting.length === 0) textOf = createWriter();
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
    session.busy = true;
    const { value: text } = next;
    if (!session.ahead || store.state.rev === store.durableRev) return put(session, text);
    store.durable(store.state.rev).then(
      () => put(session, text),
      () => breakOff(session),
    );
  }

  function put(session: Session, text: Buffer): void {
    if (session.closed) return;
    session.lastSentAt = clock.monotonic();
    sentBytes += text.length;
    session.send(text, () => {
      session.busy = false;
      if (session.pending) later(session);
    });
  }

  /** What was read was taken back, so the list ends where it began, and is made anew. */
  function breakOff(session: Session): void {
    session.busy = false;
    session.ahead = false;
    session.pending = frames([], { rev: () => session.since, snapshot: false, textOf });
  }

  /** Long lists go out a frame in each turn of the program, whoever it is for: so that many at once hold nobody up. */
  function later(session: Session): void {
    if (waiting.push(session) === 1) setImmediate(goOn);
  }

  function goOn(): void {
    const [session] = waiting;
    if (session) pump(session);
    waiting.shift();
    if (waiting.length > 0) setImmediate(goOn);
  }

  function prepare(session: Session): void {
    const { durableRev } = store;
    if (session.since === durableRev && clock.monotonic() - session.lastSentAt < IDLE_MS) return;
    if (session.since > 0 && reaches(session.since)) {
      session.pending = recent(session, durableRev)[Symbol.iterator]();
      session.since = durableRev;
      session.ahead = false;
      return pump(session);
    }
    session.pending = listState(session);
    session.ahead = true;
    later(session);
  }

  /** The frames from `since` to `rev` out of the log, made once for all who are at the same place. */
  function recent({ since, kindSet, kinds }: Session, rev: number): Buffer[] {
    const key = `${since}|${rev}|${kinds?.join() ?? ""}`;
    let made = shared.get(key);
    if (!made) {
      const items = merge(log, since, kindSet).values();
      shared.set(key, (made = [...frames(items, { rev: () => rev, snapshot: false, textOf })]));
    }
    return made;
  }

  /**
   * A list from the head, read as it goes out, each frame sent once all that was decided by then is durable. What changes meanwhile is
   * its end; if the log no longer has all of that, it follows as a list of its own.
   */
  function* listState(session: Session): Generator<Buffer> {
    const { state } = store;
    const { since, kindSet } = session;
    const began = state.rev;
    let rev = began;
    const snapshot = since === 0 || since > rev || since < state.removalFloor;
    function* items(): Generator<Item> {
      for (const kind of watchableKinds) {
        if (!kindSet.has(kind)) continue;
        for (const entity of state.all(kind)) if (snapshot || entity.rev > since) yield entity;
      }
      // Whoever came again and went again is in there twice.
      const last = new Map<string, Item>();
      if (!snapshot)
        for (const { kind, id, rev: at } of state.removals())
          if (at > since && kindSet.has(kind) && !state.get(kind, id)) last.set(`${kind}/${id}`, { kind, id, rev: at });
      if (reaches(began)) {
        rev = store.durableRev;
        for (const [key, item] of merge(log, began, kindSet)) last.set(key, item);
      }
      yield* last.values();
    }
    yield* frames(items(), { rev: () => rev, snapshot, textOf: (item) => textOf(item) });
    session.since = rev;
  }

  return {
    watch(watcher) {
      const { kinds = watchableKinds } = watcher;
      const session: Session = {
        ...watcher,
        kindSet: new Set(kinds),
        lastSentAt: -Infinity,
        ahead: false,
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
      for (const session of sessions) session.closed = true;
      sessions.clear();
    },
  };
}

/** The last word on each entity that changed after `since`. Revisions are dense, so it is known where that begins. */
function merge(log: Commit[], since: number, kinds: ReadonlySet<string>): Map<string, Item> {
  const last = new Map<string, Item>();
  const start = Math.max(0, since + 1 - (log[0]?.rev ?? 0));
  for (let i = start; i < log.length; i++) {
    const { rev, changes } = log[i] as Commit;
    for (const change of changes) {
      const { kind, id } = change;
      if (!kinds.has(kind) || "record" in change) continue;
      last.set(`${kind}/${id}`, "value" in change ? { kind, id, rev, value: change.value } : { kind, id, rev });
    }
  }
  return last;
}
