import { createSocket } from "../shared/client/socket.ts";
import type { SentinelSocket } from "../shared/client/socket.ts";
import { SECOND } from "../shared/time.ts";
import type { Clock } from "../shared/time.ts";
import { createReports } from "./reports.ts";
import { watchedKinds } from "./state/entities.ts";
import { visibleHosts } from "./state/selectors.ts";
import type { Store } from "./state/store.ts";

export interface ConnectionOptions {
  url: string;
  token?: string | undefined;
  certFile?: string | undefined;
  version: string;
  clock: Clock;
  random: () => number;
  store: Store;
}

/** Scrolling through a thousand hosts shouldn't ask for each row that flew by. */
const ringsAfterMs = 150;
const retryAfterMs = 1 * SECOND;

/** The console's line to the daemon: what it says goes into the store, what the store wants said is said. */
export function connect({ url, token, certFile, version, clock, random, store }: ConnectionOptions): { close(): void } {
  const asked = new Set<string>();
  const sending = new Set<string>();
  let over = false;
  let cancelRings: (() => void) | undefined;
  let cancelRetry: (() => void) | undefined;
  let cancelTick = (): void => {};
  const socket: SentinelSocket = createSocket({
    url,
    token,
    certFile,
    client: `sentinel-tui/${version}`,
    clock,
    random,
    onState: (state) => {
      if (over) return;
      // What the rings missed meanwhile is fetched again, for the rows that are looked at.
      if (state.phase === "live") asked.clear();
      store.dispatch({ type: "connection", state, now: clock.now() });
    },
  });
  socket.watch({
    since: 0,
    kinds: [...watchedKinds],
    onChanges: (list) => store.feed({ type: "changes", lists: [list] }),
  });

  function tick(): void {
    const now = clock.now();
    const quietMs = socket.quietMs();
    store.feed({ type: "tick", now, heardAt: quietMs === undefined ? undefined : now - quietMs });
    cancelTick = clock.after(SECOND - (now % SECOND), tick);
  }

  async function sendAck(key: string, ids: readonly string[], comment: string | undefined): Promise<void> {
    sending.add(key);
    const answer = await socket.command("alert.ack", { ids: [...ids], ...(comment ? { comment } : {}) }, { key });
    sending.delete(key);
    if (over) return;
    if (answer.ok || answer.code !== "unavailable")
      store.dispatch({ type: "ack-answer", key, refusal: answer.ok ? undefined : answer });
    else cancelRetry = clock.after(retryAfterMs, sendAcks);
  }

  /** Sends what is due; after a lost connection the same key makes sure that it counts once. */
  function sendAcks(): void {
    if (socket.state().phase !== "live") return;
    for (const { key, ids, comment, answered } of store.get().acks)
      if (!answered && !sending.has(key)) void sendAck(key, ids, comment);
  }

  async function fetchRings(): Promise<void> {
    cancelRings = undefined;
    const ids = visibleHosts(store.get())
      .map(({ id }) => id)
      .filter((id) => !asked.has(id));
    if (ids.length === 0 || socket.state().phase !== "live") return;
    for (const id of ids) asked.add(id);
    const answer = await socket.command("host.recent", { ids });
    if (answer.ok) store.feed({ type: "recent", items: answer.value.items });
    else if (answer.code === "unavailable") for (const id of ids) asked.delete(id);
  }

  function wantRings(): void {
    if (cancelRings || socket.state().phase !== "live") return;
    if (visibleHosts(store.get()).some(({ id }) => !asked.has(id)))
      cancelRings = clock.after(ringsAfterMs, () => void fetchRings());
  }

  const wantReports = createReports(socket, store);
  const unsubscribe = store.subscribe(() => (sendAcks(), wantRings(), wantReports()));
  tick();

  function close(): void {
    over = true;
    unsubscribe();
    for (const cancel of [cancelTick, cancelRings, cancelRetry]) cancel?.();
    socket.close();
  }
  return { close };
}
