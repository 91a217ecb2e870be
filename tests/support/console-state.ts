import type { ChangeList, WatchedEntity } from "../../src/shared/client/socket.ts";
import type { Alert, Host, HostState, Values, WatchableKind } from "../../src/shared/model.ts";
import { HOUR, MINUTE } from "../../src/shared/time.ts";
import { reduce } from "../../src/tui/state/reduce.ts";
import { initialState } from "../../src/tui/state/state.ts";
import type { ConsoleState } from "../../src/tui/state/state.ts";

export const noon = Date.UTC(2026, 0, 5, 12);

export const aHost = (values: Partial<Host> = {}): Host => ({
  name: "web01",
  tags: [],
  periodMs: 5 * MINUTE,
  graceMs: 2 * MINUTE,
  firstBeatMs: 24 * HOUR,
  window: { kind: "always" },
  paused: false,
  watchedSince: noon - HOUR,
  createdAt: noon - HOUR,
  updatedAt: noon - HOUR,
  ...values,
});

export const anAlert = (values: Partial<Alert> = {}): Alert => ({
  key: "heartbeat:web01",
  type: "heartbeat",
  severity: "critical",
  state: "firing",
  host: "web01",
  title: "web01 is down",
  reason: "no heartbeat for 7m 12s, due every 5m, grace 2m",
  raisedAt: noon - 5 * MINUTE,
  lastAt: noon - 5 * MINUTE,
  count: 1,
  ...values,
});

export const entity = <K extends WatchableKind>(kind: K, id: string, value: Values[K]): WatchedEntity =>
  ({ kind, id, rev: 1, value }) as unknown as WatchedEntity;

export const aList = (upserts: WatchedEntity[], values: Partial<ChangeList> = {}): ChangeList => ({
  instance: "one",
  rev: 1,
  snapshot: false,
  upserts,
  removals: [],
  ...values,
});

/** A host in a state, as the feed brings it. */
export const hostIn = (id: string, state: HostState, values: Partial<Host> = {}): WatchedEntity[] => [
  entity("host", id, aHost({ name: id, ...values })),
  entity("status", id, { state, since: noon - 10 * MINUTE, reason: `${state} for a reason` }),
  entity("beat", id, { at: noon - MINUTE, dueAt: noon + 4 * MINUTE, status: "ok" }),
];

/** A live console that holds these entities. */
export function aConsole(upserts: WatchedEntity[], size = { columns: 80, rows: 24 }): ConsoleState {
  const welcome = { type: "welcome", version: "0.1.0", instance: "one", role: "admin", rev: 1, now: noon } as const;
  const live = reduce(initialState({ address: "http://127.0.0.1:3000", size, now: noon }), {
    type: "connection",
    state: { phase: "live", welcome },
    now: noon,
  });
  return reduce(live, { type: "changes", lists: [aList(upserts, { snapshot: true })] });
}
