import { z } from "zod";
import { idFromName } from "../../shared/api/predecessor.ts";
import { SECOND } from "../../shared/time.ts";
import { movedHost, uniqueIds } from "./moved.ts";
import type { Moved } from "./moved.ts";

/** A check as `GET /api/v3/checks/` has it (https://healthchecks.io/docs/api/). A read-only key's answer has no URLs. */
const check = z.object({
  name: z.string().default(""),
  slug: z.string().default(""),
  tags: z.string().default(""),
  grace: z.number(),
  status: z.string().default("new"),
  timeout: z.number().optional(),
  schedule: z.string().optional(),
  tz: z.string().optional(),
  ping_url: z.string().optional(),
});

export const healthchecksExport = z.object({ checks: z.array(check) });

/** The tag as it may be here; one that nothing is left of goes. */
const tagOf = (tag: string): string[] => [idFromName(tag)].filter((id) => id !== "");

/** systemd's calendars and cron look unlike each other: a cron expression has five fields that a calendar hasn't. */
const isCron = (schedule: string): boolean =>
  /^(\S+\s+){4,5}\S+$/.test(schedule.trim()) && !/\d:\d|\.\./.test(schedule);

/** Each check as a host, its UUID as the host's token, so that `/ping/<uuid>` goes on as it was. */
export function fromHealthchecks({ checks }: z.infer<typeof healthchecksExport>): Moved[] {
  const idOf = uniqueIds();
  return checks.map(({ name, slug, tags, grace, timeout, schedule, tz, status, ping_url: pingUrl }) => {
    const uuid = pingUrl?.split("/").at(-1);
    const timed = schedule === undefined ? { periodMs: (timeout ?? 86_400) * SECOND } : timedBy(schedule, tz);
    return movedHost(
      {
        id: idOf(idFromName(slug || name)),
        ...(name ? { name } : {}),
        tags: [...new Set(tags.split(/\s+/).flatMap(tagOf))],
        ...timed,
        graceMs: grace * SECOND,
        token: uuid,
      },
      status === "paused",
      uuid ? undefined : "the export has no URLs (a read-only key made it), so it gets a new one",
    );
  });
}

const timedBy = (schedule: string, zone = "UTC"): object =>
  isCron(schedule) ? { cron: schedule, zone } : { calendar: schedule, zone };
