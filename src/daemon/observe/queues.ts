import type { StateReader } from "../domain/state.ts";

/** What waits to be told through each channel, and since when the oldest does (Infinity: none waits). */
export function queues(state: StateReader): Map<string, { pending: number; oldestAt: number }> {
  const found = new Map(Array.from(state.all("channel"), ({ id }) => [id, { pending: 0, oldestAt: Infinity }]));
  for (const { value } of state.all("delivery")) {
    if (value.state !== "pending") continue;
    let queue = found.get(value.channel);
    if (!queue) found.set(value.channel, (queue = { pending: 0, oldestAt: Infinity }));
    queue.pending++;
    queue.oldestAt = Math.min(queue.oldestAt, value.createdAt);
  }
  return found;
}
