import { createSocket } from "../shared/client/socket.ts";
import type { SentinelSocket } from "../shared/client/socket.ts";
import { SECOND } from "../shared/time.ts";
import type { Clock } from "../shared/time.ts";
import { createFetching } from "./fetching.ts";
import { createSending } from "./sending.ts";
import { watchedKinds } from "./state/entities.ts";
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

export interface Connection {
  /** Sends what is still held back, as far as the daemon is there. */
  flush(): Promise<void>;
  close(): void;
}

/** The console's line to the daemon: what it says goes into the store, what the store wants said is said. */
export function connect({ url, token, certFile, version, clock, random, ...options }: ConnectionOptions): Connection {
  let over = false;
  let isFresh = true;
  // What still comes after the end is nobody's: the store may be another daemon's by then.
  const store: Store = {
    ...options.store,
    feed: (action) => over || options.store.feed(action),
    dispatch: (action) => over || options.store.dispatch(action),
  };
  let cancelTick = (): void => {};
  const socket: SentinelSocket = createSocket({
    url,
    token,
    certFile,
    client: `sentinel-tui/${version}`,
    clock,
    random,
    onState: (state) => {
      if (state.phase === "live") {
        fetching.forget();
        isFresh = true;
      }
      store.dispatch({ type: "connection", state, now: clock.now() });
    },
  });
  const fetching = createFetching(socket, store, clock);
  const sending = createSending(socket, store, clock);
  socket.watch({
    since: 0,
    kinds: [...watchedKinds],
    onChanges(list) {
      // What was missed is shown at once, however seldom the rest is.
      const take = isFresh ? store.dispatch : store.feed;
      isFresh = false;
      take({ type: "changes", lists: [list] });
    },
  });

  function tick(): void {
    const now = clock.now();
    const quietMs = socket.quietMs();
    store.feed({ type: "tick", now, heardAt: quietMs === undefined ? undefined : now - quietMs });
    cancelTick = clock.after(SECOND - (now % SECOND), tick);
  }
  tick();

  function close(): void {
    over = true;
    fetching.stop();
    sending.stop();
    cancelTick();
    socket.close();
  }
  return { flush: sending.flush, close };
}
