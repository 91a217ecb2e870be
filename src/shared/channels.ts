import type { ChannelEntity } from "./model.ts";

/** What the alert about a channel's own trouble is known by. */
export const channelKey = (id: string): string => `channel:${id}`;

/** The channels by whether notices get out through them. */
export interface Channels {
  working: string[];
  broken: { id: string; why: string }[];
}

/** A channel works unless it is disabled or the alert about it is open, whose reason `troubleOf` finds by its key. */
export function sortChannels(
  channels: Iterable<readonly [string, ChannelEntity]>,
  troubleOf: (key: string) => string | undefined,
): Channels {
  const sorted: Channels = { working: [], broken: [] };
  for (const [id, { disabled }] of channels) {
    const why = disabled ?? troubleOf(channelKey(id));
    if (why === undefined) sorted.working.push(id);
    else sorted.broken.push({ id, why });
  }
  return sorted;
}

/** There are channels, and nobody is told of anything through any of them. */
export const isCutOff = ({ working, broken }: Channels): boolean => working.length === 0 && broken.length > 0;

/** What to say, and do, as long as there is no channel at all. */
export const noChannelHint = "no channel: nobody is told; `sentinel channel add` makes one";
