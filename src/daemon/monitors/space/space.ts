import { statfs } from "node:fs/promises";
import type { Result } from "../../../shared/api/registry.ts";
import { type Clock, MINUTE } from "../../../shared/time.ts";
import { type Room, sayRoom, severityOfRoom } from "../../domain/space.ts";
import { createJob, type Job } from "../../domain/job.ts";
import { StoreUnavailable } from "../../domain/store.ts";

type Component = Result<"health.show">["components"][string];

export interface SpaceMonitorOptions {
  clock: Clock;
  room(): Promise<Room>;
  /** Decides what follows; a store that refuses is asked again at the next look. */
  onRoom(room: Room): Promise<void>;
  /** Called with what went wrong on our side: a bug. */
  onFault(error: unknown): void;
}

export interface SpaceMonitor {
  readonly jobs: readonly Job[];
  start(): void;
  stop(): void;
  /** How much room there is, for health. */
  health(): Component;
}

/** What the disk of a folder has for whoever isn't its administrator. */
export async function roomOf(folder: string): Promise<Room> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

/** Looks each minute how much room the disk of the data folder has, so that people hear of it before it is full. */
export function createSpaceMonitor({ clock, room, onRoom, onFault }: SpaceMonitorOptions): SpaceMonitor {
  const job = createJob("space", clock, () => job.track(look));
  let last: Room | undefined;
  let trouble: string | undefined;
  let cancel = (): void => {};

  async function look(): Promise<void> {
    try {
      last = await room();
      trouble = undefined;
    } catch (error) {
      trouble = `the room on the data folder's disk can't be told (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`;
      return;
    }
    await onRoom(last).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }

  function tick(): void {
    cancel = clock.after(MINUTE, tick);
    job.next(MINUTE);
    job.track(look).catch(onFault);
  }

  return {
    jobs: [job],
    start: tick,
    stop: () => cancel(),
    health(): Component {
      if (trouble !== undefined) return { status: "degraded", detail: trouble };
      if (!last) return { status: "ok", detail: "not looked yet" };
      const detail = sayRoom(last);
      return severityOfRoom(last)
        ? { status: "degraded", detail: `${detail}: free some space on the data folder's disk` }
        : { status: "ok", detail };
    },
  };
}
