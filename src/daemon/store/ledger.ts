import type { Commit, State, Undo } from "../domain/state.ts";
import { StoreUnavailable } from "../domain/store.ts";

/** Commits that are written and synced as one. */
export interface Group {
  /** The revision of its first commit. */
  readonly first: number;
  readonly commits: Commit[];
  /** What `encode` gave for each commit. */
  readonly lines: string[];
}

interface PendingGroup extends Group {
  readonly undo: Undo[][];
  readonly done: PromiseWithResolvers<void>;
}

export interface LedgerOptions {
  state: State;
  /** Turns a commit into what is written, once, before anything is changed. */
  encode(commit: Commit, first: number): string;
  /** Makes a group durable. A `StoreUnavailable` whose reason isn't `fatal` says that nothing of it was kept. */
  write(group: Group): Promise<void>;
  /** Runs `run` when the callers of this turn have had theirs, so that they share a group. Never after a fixed wait. */
  defer(run: () => void): void;
  onFatal(error: StoreUnavailable): void;
}

export type Ledger = ReturnType<typeof createLedger>;

/**
 * Group commit over a `State`: the head moves at once, one group is written at a time, and what comes meanwhile is the
 * next group. So groups grow with the load and a lone commit never waits. A group that can't be written takes
 * everything pending with it, because later decisions were made on it.
 */
export function createLedger({ state, encode, write, defer, onFatal }: LedgerOptions) {
  const listeners = new Set<(commit: Commit) => void>();
  let open: PendingGroup | undefined;
  let writing: PendingGroup | undefined;
  let running = false;
  let durableRev = state.rev;
  let reverts = 0;
  let ended: StoreUnavailable | undefined;

  function commit(expectedRev: number, { at, by, via, changes }: Omit<Commit, "rev">): Promise<void> {
    if (ended) return Promise.reject(ended);
    if (expectedRev !== state.rev)
      throw new Error(`two writers: revision ${expectedRev} was expected and the head is at ${state.rev}`);
    const rev = state.rev + 1;
    const commit = via ? { rev, at, by, via, changes } : { rev, at, by, changes };
    const line = encode(commit, open?.first ?? commit.rev);
    const group = (open ??= begin(commit.rev));
    const undo: Undo[] = [];
    state.apply(commit, undo);
    group.commits.push(commit);
    group.lines.push(line);
    group.undo.push(undo);
    return group.done.promise;
  }

  function begin(first: number): PendingGroup {
    const done = Promise.withResolvers<void>();
    done.promise.catch(() => {}); // whoever waits for it has its own promise on it; it may be nobody
    if (!running) {
      running = true;
      defer(run);
    }
    return { first, commits: [], lines: [], undo: [], done };
  }

  /** The next group goes to the disk before the callers of the last are told, so that neither waits for the other. */
  async function run(): Promise<void> {
    for (let coming = writeOpen(); coming;) {
      const { group, written } = coming;
      const failure = await written;
      writing = undefined;
      if (failure) fail(failure.cause, group);
      else durableRev = group.first + group.commits.length - 1;
      coming = writeOpen();
      if (!failure) tellOf(group);
      await new Promise<void>(defer);
      coming ??= writeOpen();
    }
    running = false;
  }

  /** Begins to write what has come together; what comes of it never rejects. */
  function writeOpen(): { group: PendingGroup; written: Promise<{ cause: unknown } | undefined> } | undefined {
    if (!open) return undefined;
    const group = (writing = open);
    open = undefined;
    const written = write(group).then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    return { group, written };
  }

  function tellOf({ commits, done }: PendingGroup): void {
    for (const commit of commits) for (const listener of listeners) tell(listener, commit);
    done.resolve();
  }

  function fail(cause: unknown, group: PendingGroup): void {
    const error =
      cause instanceof StoreUnavailable
        ? cause
        : new StoreUnavailable("the store failed and the daemon must restart", { cause, reason: "fatal" });
    const lost = open ? [open, group] : [group];
    open = undefined;
    for (const group of lost) revert(group);
    if (error.reason === "fatal") abandon(error);
    for (const group of lost.reverse()) group.done.reject(error);
  }

  /** Takes no more commits, for good, and says so once. */
  function abandon(error: StoreUnavailable): void {
    if (ended?.reason === "fatal") return;
    ended = error;
    onFatal(error);
  }

  function revert({ commits, undo }: PendingGroup): void {
    reverts++;
    for (let i = commits.length - 1; i >= 0; i--) state.revert(commits[i] as Commit, undo[i] as Undo[]);
  }

  function durable(rev: number): Promise<void> {
    if (rev <= durableRev) return Promise.resolve();
    if (writing && rev < writing.first + writing.commits.length) return writing.done.promise;
    if (open && rev <= state.rev) return open.done.promise;
    return Promise.reject(ended ?? new StoreUnavailable(`revision ${rev} was refused or never made`));
  }

  async function drain(): Promise<void> {
    for (let last = open ?? writing; last; last = open ?? writing) await last.done.promise.catch(() => {});
  }

  return {
    commit,
    durable,
    abandon,
    get durableRev() {
      return durableRev;
    },
    /** Grows whenever the head went back: what was read from it meanwhile may never have happened. */
    get reverts() {
      return reverts;
    },
    get failed() {
      return ended?.reason === "fatal";
    },
    onDurable(listener: (commit: Commit) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Takes no more commits, and waits for those there are. */
    async end(): Promise<void> {
      ended ??= new StoreUnavailable("the store is closed", { reason: "closed" });
      await drain();
    },
  };
}

/** A listener that throws is a bug, and must not be taken for a failed write. */
function tell(listener: (commit: Commit) => void, commit: Commit): void {
  try {
    listener(commit);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
