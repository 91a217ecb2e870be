import type { Alert, Analysis, Delivery, Settings } from "../../shared/model.ts";
import type { Day } from "./history/host-day.ts";
import type { KeptDay } from "./history/summary.ts";
import type { Commit, Removal, Ring, StateReader } from "./state.ts";

/** Bulk that entities only name: ping bodies, cited log lines. It is never in the feed. */
export interface Blobs {
  /** Resolves once the bytes are safe, so that a commit may name them. Rejects with `StoreUnavailable`. */
  put(id: string, bytes: Uint8Array): Promise<void>;
  get(id: string): Promise<Uint8Array | undefined>;
  /** The ids of those in a folder, in no order. */
  list(folder: string): Promise<string[]>;
  /** What isn't there is removed already. */
  remove(id: string): Promise<void>;
}

/** Secrets that must be used again (webhook URLs). Entities refer to them by name; they are nowhere else. */
export interface Secrets {
  get(name: string): Readonly<Record<string, string>> | undefined;
  /** Resolves once they are safe. Rejects with `StoreUnavailable`. */
  put(name: string, values: Record<string, string>): Promise<void>;
  remove(name: string): Promise<void>;
}

/** An alert that is over, and whom it was told to. */
export interface ArchivedAlert {
  id: string;
  value: Alert;
  deliveries: { id: string; value: Delivery }[];
}

/** An analysis that isn't its host's last. */
export interface ArchivedAnalysis {
  id: string;
  value: Analysis;
}

/** What lives no more, by days: alerts by when they were resolved, analyses by when they were made. */
export interface Archive<T> {
  /** Resolves once they are safe, so that a commit may remove them. One of the same id is replaced. Rejects with `StoreUnavailable`. */
  put(ones: readonly T[]): Promise<void>;
  /** The newest that match, at most `limit`: older than `before`, of a host, or the one of this id. */
  page(asked: {
    before?: string | undefined;
    host?: string | undefined;
    id?: string | undefined;
    limit: number;
  }): Promise<T[]>;
}

/** What a clean-up did, by folder; each number is of files or bytes. */
export interface CleanUp {
  removed: { from: string; files: number; bytes: number }[];
  compressed: { files: number; savedBytes: number };
}

/**
 * What was, by UTC days: rolled up from the journal as it grows, in slices that hold nothing up. All of it rejects with
 * `StoreUnavailable`, and can be asked again.
 */
export interface History {
  /** Takes up what has become durable, and keeps each day that is over. */
  follow(now: number): Promise<void>;
  /** The days of a host that are kept, of those from `from` until before `to`, counted from 1970; today's as it is so far. */
  days(id: string, from: number, to: number, now: number): Promise<KeptDay[]>;
  /** The first day that is our own: that of the first commit that is kept; today's, if there is none. */
  firstDay(now: number): Promise<number>;
  /**
   * Keeps hosts of a day before that, but for those of which that day is kept already. Resolves with how many it has
   * taken, once they are safe.
   */
  takeDay(day: Day, now: number): Promise<number>;
  /**
   * What `pick` makes of commits that aren't the monitor's own decisions, the newest first; it is handed most of a day's
   * commits, and some heartbeats. With `next` there may be more.
   */
  commands<T>(
    asked: AskedCommands,
    pick: (commit: Commit) => T | undefined,
    now: number,
  ): Promise<{ items: T[]; next?: string }>;
  /** Removes what has outlived its days or goes over its megabytes, and packs what is rarely read. */
  cleanUp(limits: Settings["retention"], now: number): Promise<CleanUp>;
}

/** Which days are looked through, from which cursor on, and how much of what was picked is wanted. */
export interface AskedCommands {
  from?: number | undefined;
  /** Until before. */
  to?: number | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A blob's id: folder and name, of letters that every file system takes. */
export const blobId = /^[a-z]+(\/[a-z0-9][a-z0-9._-]{0,127}){1,2}$/;

/**
 * Where state is kept. A store holds the head in memory, applies a commit to it before `commit` returns, and settles
 * the promise when the commit is safe: so decisions run ahead of the disk, and answers never do.
 */
export interface Store {
  /** The head: all that was decided. */
  readonly state: StateReader & {
    removals(): readonly Removal[];
    rings(): IterableIterator<[string, Ring]>;
    readonly removalFloor: number;
  };
  /** Names this history of revisions: the same after a restart, new after a restore. */
  readonly instance: string;
  /** The highest revision that is safe. */
  readonly durableRev: number;
  /** How much was written to keep commits, since the start. */
  readonly writtenBytes: number;
  /** When a monitor last was known to be alive on this data before this start; undefined for new data. */
  readonly lastPulseAt: number | undefined;
  /** What opening found and mended, a readable sentence each. */
  readonly notices: readonly string[];

  /**
   * Appends one decision. `expectedRev` must be the head's revision (else it throws at once: two writers). A commit
   * may upsert the beat of a host once.
   * Resolves once it is durable. Rejects with `StoreUnavailable` when it could not be written: then
   * the head is back at what it was, and unless `reason` is `fatal` nothing of it will ever be seen.
   */
  commit(expectedRev: number, decision: Omit<Commit, "rev">): Promise<void>;
  /**
   * Resolves when everything up to `rev` is durable; rejects with `StoreUnavailable` if it never will be. Ask in the
   * same turn in which the head was read: a refused revision's number is given again to the next commit.
   */
  durable(rev: number): Promise<void>;
  /** Calls `listener` for every commit, in order, once it is durable. Returns the way to stop it. */
  onDurable(listener: (commit: Commit) => void): () => void;
  /** Notes that the monitor is alive at `at`, so that the next start can date a downtime. */
  pulse(at: number): Promise<void>;
  readonly blobs: Blobs;
  readonly archive: Archive<ArchivedAlert>;
  readonly analyses: Archive<ArchivedAnalysis>;
  /** None in a store that forgets. */
  readonly history?: History;
  readonly secrets: Secrets;
  /** Waits for what was accepted, then lets go of the data. */
  close(): Promise<void>;
}

/**
 * The store refuses; the message says why and what to do. `full` and `failed` are for now, and nothing of the refused
 * commit was kept. `closed` is for good. After `fatal` only a restart tells whether what was pending was kept.
 */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  readonly reason: "full" | "failed" | "fatal" | "closed";
  constructor(message: string, options?: ErrorOptions & { reason?: StoreUnavailable["reason"] }) {
    super(message, options);
    this.reason = options?.reason ?? "failed";
  }
}

/** Data that can't be opened. `message` names the place and the way out; `code` is stable. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
  readonly code: "held" | "damaged" | "newer" | "unreadable";
  constructor(code: StoreOpenError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
