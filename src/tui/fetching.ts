import type { ArgsInput } from "../shared/api/registry.ts";
import type { SentinelSocket } from "../shared/client/socket.ts";
import { SECOND } from "../shared/time.ts";
import type { Clock } from "../shared/time.ts";
import type { Need } from "./state/needs.ts";
import { screenOf, visibleIds } from "./state/screens.ts";
import type { Store } from "./state/store.ts";

/** Scrolling through a thousand hosts shouldn't ask for each row that flew by. */
const ringsAfterMs = 150;
/** What can't be answered now isn't asked again with every change of the screen. */
const retryAfterMs = 1 * SECOND;

/** Fetches what the shown screen wants beside the feed, for as long as it is shown. */
export function createFetching(
  { command, state: connection }: Pick<SentinelSocket, "command" | "state">,
  store: Store,
  clock: Clock,
): { stop(): void; forget(): void } {
  /** What each answer rests on. */
  const known = new Map<string, unknown>();
  const asking = new Set<string>();
  const rings = new Set<string>();
  let cancelRings: (() => void) | undefined;
  const isLive = (): boolean => connection().phase === "live";

  async function fetch({ key, name, args, basis }: Need): Promise<void> {
    if (asking.has(key) || (known.has(key) && known.get(key) === basis)) return;
    known.set(key, basis);
    asking.add(key);
    const answer = await command(name, args as ArgsInput<typeof name>);
    asking.delete(key);
    if (!answer.ok && answer.code === "unavailable") clock.after(retryAfterMs, () => known.delete(key));
    store.feed({ type: "fetched", key, fetched: answer.ok ? { ok: true, value: answer.value } : answer });
  }

  const wantedRings = (): string[] => visibleIds(store.latest(), "hosts").filter((id) => !rings.has(id));

  async function fetchRings(): Promise<void> {
    cancelRings = undefined;
    const ids = wantedRings();
    if (ids.length === 0 || !isLive()) return;
    for (const id of ids) rings.add(id);
    const answer = await command("host.recent", { ids });
    if (answer.ok) store.feed({ type: "recent", items: answer.value.items });
    else if (answer.code === "unavailable")
      clock.after(retryAfterMs, () => {
        for (const id of ids) rings.delete(id);
      });
  }

  function look(): void {
    if (!isLive()) return;
    const state = store.latest();
    for (const wanted of screenOf(state).needs?.(state) ?? []) void fetch(wanted);
    if (!cancelRings && wantedRings().length > 0) cancelRings = clock.after(ringsAfterMs, () => void fetchRings());
  }

  const unfollow = store.follow(look);
  return {
    stop: () => (unfollow(), cancelRings?.()),
    /** What was missed while the line was down is asked for again. */
    forget: () => (known.clear(), rings.clear()),
  };
}
