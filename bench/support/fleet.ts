import { createEngine } from "../../src/daemon/engine/engine.ts";
import type { Change } from "../../src/daemon/domain/state.ts";
import type { Store } from "../../src/daemon/domain/store.ts";
import { createMint } from "../../src/daemon/secrets.ts";
import { openJsonStore } from "../../src/daemon/store/json/json-store.ts";
import type { Beat } from "../../src/shared/model.ts";
import { systemClock } from "../../src/shared/system-clock.ts";
import { HOUR, SECOND } from "../../src/shared/time.ts";

const caller = { name: "bench", role: "admin" } as const;
const BATCH = 10_000;

/** Opens a data folder as the daemon does; the caller closes it. */
export const openFolder = (folder: string, snapshotBytes?: number): Promise<Store> =>
  openJsonStore({
    folder,
    clock: systemClock,
    newInstance: () => "bench",
    onFatal(error) {
      throw error;
    },
    ...(snapshotBytes === undefined ? {} : { snapshotBytes }),
  });

/** Opens a data folder with so many hosts that have reported once; the caller closes it. */
export async function openFleet(folder: string, hosts: number, snapshotBytes?: number): Promise<Store> {
  const store = await openFolder(folder, snapshotBytes);
  const engine = createEngine({
    store,
    clock: systemClock,
    mint: createMint(() => "http://127.0.0.1"),
    publicUrl: () => "http://127.0.0.1",
    health: () => ({ status: "healthy", version: "0", uptime_seconds: 0, components: {}, timestamp: "" }),
  });
  const all = async (name: string, args: (id: string) => object): Promise<void> => {
    for (let first = 0; first < hosts; first += BATCH) {
      const ids = Array.from({ length: Math.min(BATCH, hosts - first) }, (_, i) => `host-${first + i}`);
      const outcomes = await Promise.all(ids.map((id) => engine.execute(name, args(id), caller)));
      for (const outcome of outcomes) if (!outcome.ok) throw new Error(outcome.message);
    }
  };
  await all("host.add", (id) => ({ id, periodMs: HOUR, graceMs: HOUR, tags: ["bench"] }));
  await all("heartbeat.post", (host) => ({ host, metrics: { load1: 0.42, memoryUsedPercent: 37.5 } }));
  return store;
}

/** A later heartbeat of a host, as it would be kept. */
function later({ state }: Store, host: string, n: number): Change {
  const value = state.get("beat", host)?.value as Beat;
  return { kind: "beat", id: host, value: { ...value, at: value.at + n, dueAt: value.dueAt + n } };
}

/** Writes `count` more heartbeats of each host, `together` of them in a commit. */
export async function beatOn(store: Store, count: number, together: number): Promise<void> {
  const hosts = Array.from(store.state.all("host"), ({ id }) => id);
  for (let i = 0; i < count; i++) {
    for (let first = 0; first < hosts.length; first += together) {
      const changes = hosts.slice(first, first + together).map((host) => later(store, host, SECOND));
      const done = store.commit(store.state.rev, { at: Date.now(), by: "bench", changes });
      if (first % BATCH === 0) await done;
    }
  }
  await store.durable(store.state.rev);
}
