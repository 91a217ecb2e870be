import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, formatDuration, HOUR, MINUTE, SECOND } from "../shared/time.ts";

/** What is told past the outbox; without a severity, that something is over. */
export interface DistressCall {
  key: string;
  event: "digest";
  severity?: "critical";
  title: string;
  reason: string;
  at: number;
  /** The keys of what is over with it. */
  ended?: string[];
}

export interface DistressOptions {
  clock: Clock;
  /** The data folder. */
  folder: string;
  /** Takes the note of what was told while the data folder can't. */
  spare?: string;
  /** Tells each channel and upstream; resolves with whether anybody heard it, and never rejects. */
  tell(call: DistressCall, signal: AbortSignal): Promise<boolean>;
}

type Kind = "refusing" | "ending";

/** A call about what may pass. */
interface Begun {
  since: number;
  /** Undefined if nobody heard it, or somebody was told within the hour. */
  said: Promise<DistressCall | undefined>;
}

/** A disk that is full for less than this is no reason to wake anybody. */
const REFUSING_MS = MINUTE;
/** When nobody heard it. */
const AGAIN_MS = 5 * MINUTE;
/** A call goes out this often at the most, however often the daemon is started anew. */
const PAUSE_MS = HOUR;
/** So long the end of the daemon waits for it. */
const LIMIT_MS = 10 * SECOND;

/**
 * Tells people straight away that nothing can be kept, as then no alert can be: the only exception to "nothing is sent
 * before it is durable". One call a kind and hour; what was told is noted beside the data, else in the system's
 * temporary folder, and where neither can be written it is told again rather than not at all.
 */
export function createDistress({ clock, folder, spare = tmpdir(), tell }: DistressOptions) {
  const name = `sentinel-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}.distress`;
  const notes = [join(folder, "distress.json"), join(spare, name)];
  const end = new AbortController();
  let cancel = (): void => {};
  let begun: Begun | undefined;

  async function call(kind: Kind, title: string, reason: string): Promise<DistressCall | undefined> {
    const at = clock.now();
    const told = await readNotes(notes);
    // One from the future was noted before the clock was set back.
    if (at - (told[kind] ?? -Infinity) < PAUSE_MS && (told[kind] ?? 0) <= at) return undefined;
    const said: DistressCall = { key: `${kind}-${at}`, event: "digest", severity: "critical", title, reason, at };
    if (!(await inTime(said))) return undefined;
    await writeNote(notes, { ...told, [kind]: at });
    return said;
  }

  /** Whether anybody heard it before the time is up. */
  async function inTime(said: DistressCall): Promise<boolean> {
    const limit = new AbortController();
    const late = Promise.withResolvers<boolean>();
    const stopClock = clock.after(LIMIT_MS, () => (limit.abort(), late.resolve(false)));
    const heard = await Promise.race([tell(said, AbortSignal.any([limit.signal, end.signal])), late.promise]);
    stopClock();
    return heard;
  }

  /** Until somebody has heard it, or was told within the hour. */
  function callIn(ms: number, since: number, reason: string): void {
    cancel = clock.after(ms, () => {
      const told = `${reason} Heartbeats and changes are refused meanwhile, and nobody is called down.`;
      const calling = call("refusing", "Sentinel can't save anything", told);
      begun = { since, said: calling };
      void calling.then((said) => {
        if (!said && begun?.said === calling) callIn(AGAIN_MS, since, reason);
      });
    });
  }

  async function over({ since, said }: Begun): Promise<void> {
    const before = await said;
    if (!before || end.signal.aborted) return;
    const at = clock.now();
    const reason = `It couldn't for ${formatDuration(at - since)}. No host is called down for that time.`;
    const key = `${before.key}-over`;
    await inTime({ key, event: "digest", title: "Sentinel can save again", reason, at, ended: [before.key] });
  }

  return {
    /** Nothing can be kept from now on, or with no reason: everything can again. */
    refusing(reason: string | undefined): void {
      cancel();
      if (begun) void over(begun);
      begun = undefined;
      if (reason !== undefined) callIn(REFUSING_MS, clock.now(), reason);
    },
    /** The daemon is about to end. Resolves once that is told, within 10 s; never rejects. */
    async ending(reason: string): Promise<void> {
      cancel();
      await call("ending", "Sentinel ends: its data isn't safe", `${reason} Nothing is watched meanwhile.`);
    },
    stop(): void {
      cancel();
      end.abort();
    },
  };
}

type Notes = Partial<Record<Kind, number>>;

/** The later of what the notes say; none that is damaged or another user's counts. */
async function readNotes(paths: readonly string[]): Promise<Notes> {
  const told: Notes = {};
  for (const path of paths) {
    const note = await readNote(path).catch((): Notes => ({}));
    for (const kind of ["refusing", "ending"] as const)
      if (typeof note[kind] === "number") told[kind] = Math.max(note[kind], told[kind] ?? -Infinity);
  }
  return told;
}

async function readNote(path: string): Promise<Notes> {
  if ((await lstat(path)).uid !== process.getuid?.()) return {};
  return (JSON.parse(await readFile(path, "utf8")) as Notes | null) ?? {};
}

// The temporary folder is everybody's: no link of another user's is followed.
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** In the first place that takes it. It isn't synced: the disk may be what fails. */
async function writeNote(paths: readonly string[], note: Notes): Promise<void> {
  for (const path of paths) {
    const written = await writeFile(path, JSON.stringify(note), { mode: 0o600, flag: NEW }).then(
      () => true,
      () => false,
    );
    if (written) return;
  }
}
