import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import { type Clock, DAY, formatDuration, HOUR, MINUTE, sayAgo } from "../../shared/time.ts";
import { createJob, type Job } from "../domain/job.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { settingOf } from "../domain/surroundings.ts";
import type { StoreFiles } from "../store/json/files.ts";
import { type JsonStore, openJsonStore } from "../store/json/json-store.ts";
import { makeBackup } from "./make.ts";
import { withSecrets } from "./manifest.ts";
import { instantOf, stamp } from "../store/json/stamp.ts";

type Made = Result<"backup.make">;
type Listed = Result<"backup.list">["items"][number];

export interface BackupsOptions {
  store: JsonStore;
  clock: Clock;
  version: string;
  /** Encrypts the secrets, where the caller gives none. */
  passphrase?: { reveal(): string } | undefined;
  onFailure?(reason: string): void;
  files?: StoreFiles;
}

export interface Backups {
  /** The daily one; run by hand it is made at once, and those that are too many go. */
  readonly jobs: readonly Job[];
  make(args: Args<"backup.make">): Promise<{ ok: true; value: Made } | Refusal>;
  list(): Promise<{ ok: true; value: Result<"backup.list"> }>;
  health(): Result<"health.show">["components"][string];
  start(): Promise<void>;
  stop(): Promise<void>;
}

const pattern = /^sentinel-(daily-)?(\d{8}T\d{6}Z)-r(\d+)\.tar\.gz$/;
const RETRY_MS = HOUR;

/** Makes backups into the data folder, one at a time: on demand, and daily by itself, of which only so many are kept. */
export function createBackups(options: BackupsOptions): Backups {
  const { store, clock, version, passphrase: ours, onFailure = () => {}, files } = options;
  const folder = join(store.folder, "backups");
  const end = new AbortController();
  let last: { at: number; sizeBytes: number } | undefined;
  let failed: { at: number; reason: string } | undefined;
  let making = false;
  let cancel = (): void => {};
  let turn: Promise<unknown> = Promise.resolve();
  const job = createJob("backup", clock, () => inTurn(makeDaily));

  async function make(daily: boolean, passphrase = ours?.reveal()): Promise<Made> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const at = clock.now();
    const { rev } = store.journalEnd();
    const name = `sentinel-${daily ? "daily-" : ""}${stamp(at)}-r${rev}.tar.gz`;
    const to = join(folder, name);
    const common = { store, to, version, at, passphrase, signal: end.signal };
    const made = await makeBackup(files ? { ...common, files } : common);
    const secrets = made.secrets === withSecrets ? "encrypted" : "left out";
    return { name, path: to, at, rev: made.rev, sizeBytes: made.sizeBytes, daily, secrets };
  }

  /** The next begins when the one before has ended, however that was. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = turn.then(run, run);
    turn = result.catch(() => undefined);
    return result;
  }

  async function listed(): Promise<Listed[]> {
    const items: Listed[] = [];
    for (const name of await readdir(folder).catch(() => [])) {
      const [, daily, time = "", rev] = pattern.exec(name) ?? [];
      const found = rev === undefined ? undefined : await stat(join(folder, name)).catch(() => undefined);
      if (found) items.push({ name, at: instantOf(time), rev: Number(rev), sizeBytes: found.size, daily: !!daily });
    }
    return items.sort((a, b) => b.at - a.at || b.rev - a.rev);
  }

  async function tick(): Promise<void> {
    plan();
    if ((dueInMs() ?? Infinity) > 0) return;
    await makeDaily().catch(() => undefined);
  }

  /** How long until it is to be made; undefined while it isn't. */
  function dueInMs(): number | undefined {
    const now = clock.now();
    const { keep, at } = settingOf(store.state, "backup");
    if (keep === 0) return undefined;
    // One from the future was made before the clock was set back.
    const lastAt = last && last.at <= now ? last.at : -Infinity;
    const timeAt = lastAt < timeBefore(at, now) ? now : timeBefore(at, now) + DAY;
    return Math.max(timeAt, failed ? failed.at + RETRY_MS : 0) - now;
  }

  /** It is looked each minute whether it is due, for the first time a minute after the start. */
  function plan(): void {
    const dueMs = dueInMs();
    job.next(dueMs === undefined ? undefined : Math.max(dueMs, MINUTE), DAY);
  }

  const makeDaily = (): Promise<void> => job.track(tryDaily).finally(plan);

  async function tryDaily(): Promise<void> {
    const now = clock.now();
    const { keep } = settingOf(store.state, "backup");
    try {
      making = true;
      const { sizeBytes } = await make(true);
      last = { at: now, sizeBytes };
      failed = undefined;
      const old = (await listed()).filter(({ daily }) => daily).slice(keep);
      for (const { name } of old) await rm(join(folder, name), { force: true });
    } catch (error) {
      if (end.signal.aborted) return;
      failed = { at: now, reason: (error as Error).message };
      onFailure(failed.reason);
      throw error;
    } finally {
      making = false;
    }
  }

  function wait(): void {
    cancel = clock.after(MINUTE, () => {
      wait();
      void inTurn(tick);
    });
  }

  function health(): ReturnType<Backups["health"]> {
    const now = clock.now();
    const { keep, at } = settingOf(store.state, "backup");
    if (keep === 0) return { status: "ok", detail: "off" };
    const next = failed ? failed.at + RETRY_MS : last ? timeBefore(at, now) + DAY : now + MINUTE;
    const parts = [
      ...(making ? ["being made now"] : []),
      ...(failed ? [`failed ${sayAgo(now - failed.at)}: ${failed.reason}`] : []),
      last ? `last ${sayAgo(now - last.at)}, ${(last.sizeBytes / 1e6).toFixed(1)} MB` : "none yet",
      `next in ${formatDuration(Math.max(0, next - now))}`,
      ...(ours ? [] : ["secrets left out"]),
    ];
    return { status: failed ? "degraded" : "ok", detail: parts.join("; ") };
  }

  return {
    jobs: [job],
    make: ({ passphrase }) =>
      inTurn(() => make(false, passphrase)).then(
        (value) => ({ ok: true, value }),
        (error: unknown) => {
          // Not the store's own refusal: what it is given it can still keep.
          if (error instanceof StoreUnavailable) return refuse("unavailable", error.message);
          if (end.signal.aborted)
            return refuse("unavailable", "the daemon stops, and the backup with it: make it again when it is back");
          throw error;
        },
      ),
    list: async () => ({ ok: true, value: { items: await listed() } }),
    health,
    async start() {
      last = (await listed()).find(({ daily }) => daily);
      const halves = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".part"));
      for (const name of halves) await rm(join(folder, name), { force: true });
      plan();
      wait();
    },
    async stop() {
      cancel();
      end.abort();
      await turn;
    },
  };
}

/** One backup of a folder on which no daemon runs; throws `StoreOpenError` when one does. */
export async function backUpFolder({
  folder,
  clock,
  version,
  passphrase,
}: Pick<BackupsOptions, "clock" | "version"> & { folder: string; passphrase?: string | undefined }): Promise<Made> {
  const onFatal = (error: Error): void => {
    throw error;
  };
  const store = await openJsonStore({ folder, clock, newInstance: randomUUID, onFatal });
  try {
    const made = await createBackups({ store, clock, version }).make({ passphrase });
    if (made.ok) return made.value;
    throw new StoreUnavailable(made.message);
  } finally {
    await store.close();
  }
}

/** The last time before `now` at which the clock showed `time` (`03:17`), UTC. */
function timeBefore(time: string, now: number): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const today = Math.floor(now / DAY) * DAY + hours * HOUR + minutes * MINUTE;
  return today <= now ? today : today - DAY;
}
