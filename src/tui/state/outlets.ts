import { type Channels, isCutOff, sortChannels } from "../../shared/channels.ts";
import type { Alert } from "../../shared/model.ts";
import { cached } from "./cached.ts";
import type { Entities } from "./entities.ts";

const openReasons = cached((alerts: ReadonlyMap<string, Alert>): Map<string, string> => {
  const open = [...alerts.values()].filter(({ state }) => state !== "resolved");
  return new Map(open.map(({ key, reason }) => [key, reason]));
});

/** The ways out for notices, by whether they work. */
export const outlets = ({ channel, alert }: Pick<Entities, "channel" | "alert">): Channels =>
  sortChannels(channel, (key) => openReasons(alert).get(key));

/** What must be read before all else: that there are channels and none of them works. */
export function banner(entities: Pick<Entities, "channel" | "alert">): string | undefined {
  const channels = outlets(entities);
  if (!isCutOff(channels)) return undefined;
  return `NOBODY IS TOLD: no channel works (${channels.broken.map(({ id, why }) => `${id}: ${why}`).join("; ")})`;
}

/** What to type then: it shows what each channel last failed at. */
export const bannerRemedy = "sentinel channel list";
