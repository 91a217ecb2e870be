import { State } from "../../domain/state.ts";
import { newestFirst } from "../../domain/alert.ts";
import { newestName } from "../../domain/analysis-view.ts";
import type { Archive, Store } from "../../domain/store.ts";
import { createLedger, type Group } from "../ledger.ts";

export interface MemoryStoreOptions {
  instance?: string;
  lastPulseAt?: number;
  /** Stands for the disk: hold it to see what must wait, reject with `StoreUnavailable` to refuse. */
  write?: (group: Group) => Promise<void>;
  onFatal?: (error: Error) => void;
}

/** The store without a disk: the reference for the others, and what tests of everything above run on. It uses no timer. */
export function createMemoryStore({
  instance = "memory",
  lastPulseAt,
  write = async () => {},
  onFatal = () => {},
}: MemoryStoreOptions = {}): Store {
  const state = new State();
  const secrets = new Map<string, Record<string, string>>();
  const blobs = new Map<string, Uint8Array>();
  const ledger = createLedger({ state, encode: () => "", write, defer: queueMicrotask, onFatal });
  return {
    state,
    instance,
    lastPulseAt,
    notices: [],
    get durableRev() {
      return ledger.durableRev;
    },
    writtenBytes: 0,
    commit: ledger.commit,
    durable: ledger.durable,
    onDurable: ledger.onDurable,
    pulse: async () => {},
    secrets: {
      get: (name) => secrets.get(name),
      put: async (name, values) => void secrets.set(name, values),
      remove: async (name) => void secrets.delete(name),
    },
    blobs: {
      put: async (id, bytes) => void blobs.set(id, bytes),
      get: async (id) => blobs.get(id),
      list: async (folder) => [...blobs.keys()].filter((id) => id.startsWith(`${folder}/`)),
      remove: async (id) => void blobs.delete(id),
    },
    archive: createArchive(newestFirst),
    analyses: createArchive(newestName),
    close: ledger.end,
  };
}

function createArchive<T extends { id: string; value: { host?: string | undefined } }>(
  order: (a: string, b: string) => number,
): Archive<T> {
  const kept = new Map<string, T>();
  return {
    put: async (ones) => ones.forEach((one) => void kept.set(one.id, one)),
    page: async ({ before, host, id, limit }) =>
      [...kept.values()]
        .filter((one) => before === undefined || order(before, one.id) < 0)
        .filter((one) => (id ?? one.id) === one.id && (host ?? one.value.host) === one.value.host)
        .sort((a, b) => order(a.id, b.id))
        .slice(0, limit),
  };
}
