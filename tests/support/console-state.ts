import type { ChangeList, WatchedEntity } from "../../src/shared/client/socket.ts";
import type {
  Alert,
  Host,
  HostState,
  Line,
  Probe,
  ProbeResult,
  Values,
  WatchableKind,
} from "../../src/shared/model.ts";
import { HOUR, MINUTE } from "../../src/shared/time.ts";
import { pressKey } from "../../src/tui/input/dispatcher.ts";
import { paletteEntries } from "../../src/tui/input/palette.ts";
import type { CommandName, Result } from "../../src/shared/api/registry.ts";
import type { Need } from "../../src/tui/state/needs.ts";
import { focused, placedPanes } from "../../src/tui/state/screens.ts";
import { topOverlay } from "../../src/tui/state/overlays.ts";
import { tableOf } from "../../src/tui/state/table.ts";
import { healthNeed } from "../../src/tui/state/reports.ts";
import { lineNeed } from "../../src/tui/state/probes.ts";
import type { HealthView } from "../../src/tui/state/reports.ts";
import type { LineView } from "../../src/tui/state/probes.ts";
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

/** A probe in a state, as the feed brings it. */
export const probeIn = (id: string, state: ProbeResult["state"], values: Partial<Probe> = {}): WatchedEntity[] => [
  entity("probe", id, {
    type: "tcp",
    options: {},
    title: `TCP ${id}:443`,
    periodMs: MINUTE,
    timeoutMs: 5_000,
    retryMs: 5_000,
    failures: 2,
    recoveries: 1,
    paused: false,
    createdAt: noon - HOUR,
    updatedAt: noon - HOUR,
    ...values,
  }),
  entity("result", id, {
    at: noon - MINUTE,
    ok: state === "up",
    state,
    since: noon - 3 * MINUTE,
    reason: state === "up" ? `TCP ${id}:443: connected` : `TCP ${id}:443: refused`,
    ...(state === "up" ? { latencyMs: 12.4 } : {}),
  }),
];

export const lineIn = (state: Line["state"]): WatchedEntity =>
  entity("line", "internet", {
    state,
    since: noon - 5 * MINUTE,
    checkedAt: noon - 12_000,
    goodAt: noon - 6 * MINUTE,
    reason: `it is ${state}: for a reason`,
  });

/** What the daemon says of a line with one target and two outages. */
export const aLineView = (values: Partial<LineView> = {}): LineView => {
  const runs = [10, undefined, 40].map((latencyMs, i) => ({
    at: noon - (3 - i) * MINUTE,
    ok: latencyMs !== undefined,
    lossPercent: latencyMs === undefined ? 100 : 0,
    ...(latencyMs === undefined ? {} : { latencyMs }),
  }));
  return {
    state: "up",
    reason: "it is up",
    enabled: true,
    targets: [
      {
        id: "line.cloudflare",
        role: "destination",
        state: "up",
        latencyMs: 40,
        reason: "TCP 1.1.1.1:443: connected",
        runs,
      },
    ],
    rounds: runs.map(({ ok: _ok, ...round }) => round),
    outages: [
      { id: "o9", from: noon - 5 * MINUTE, layer: "lost", reason: "no answer" },
      { id: "o3", from: noon - 50 * HOUR, to: noon - 49 * HOUR, layer: "dns", reason: "no answer" },
    ],
    ...values,
  };
};

/** A monitor whose store is degraded, and whose second job fails. */
export const aHealthView = (): HealthView => ({
  status: "degraded",
  version: "0.1.0",
  uptime_seconds: 60,
  components: {
    clock: { status: "ok", detail: "no gap" },
    store: { status: "degraded", detail: "the disk is full" },
  },
  jobs: [
    { name: "outbox", state: "idle", failures: 0, byHand: false },
    { name: "pulse", state: "ok", lastAt: noon - 2_000, nextAt: noon + 3_000, tookMs: 14, failures: 0, byHand: false },
    {
      name: "backup",
      state: "failing",
      lastAt: noon - HOUR,
      nextAt: noon - 1_000,
      tookMs: 2_300,
      error: "no room",
      failures: 2,
      byHand: true,
    },
  ],
  timestamp: new Date(noon).toISOString(),
});

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

/** What keys make of it, by their names (`j`, `enter`, `ctrl+f`). */
export const press = (state: ConsoleState, ...keys: string[]): ConsoleState =>
  keys.reduce(
    (before, key) => pressKey(before, key, { newKey: () => "key", helpLines: () => 60, paletteEntries }),
    state,
  );

/** What a text types. */
export const type = (state: ConsoleState, text: string): ConsoleState => press(state, ...text);

/** As if the daemon had answered what the screen wants. */
export const fetched = <N extends CommandName>(state: ConsoleState, { key }: Need<N>, value: Result<N>): ConsoleState =>
  reduce(state, { type: "fetched", key, fetched: { ok: true, value } });
export const withLine = (state: ConsoleState, view: LineView = aLineView()): ConsoleState =>
  fetched(state, lineNeed(state), view);
export const withHealth = (state: ConsoleState, view: HealthView = aHealthView()): ConsoleState =>
  fetched(state, healthNeed(state), view);

/** The ids in a pane's order. */
export const orderOf = (state: ConsoleState, pane: string): readonly string[] => tableOf(state, pane).order;

/** The rows in view of a pane, their cells as text. */
export const rowsOf = (state: ConsoleState, id = state.place.pane): { id: string; text: string; selected: boolean }[] =>
  placedPanes(state).flatMap(({ pane, height }) =>
    pane.id === id && pane.kind === "table"
      ? pane.rows(state, height).map(({ id: row, cells, selected }) => ({
          id: row,
          selected,
          text: cells
            .map(({ text }) => text.trim())
            .filter((text) => text !== "")
            .join(" | "),
        }))
      : [],
  );
export const selectedId = (state: ConsoleState): string | undefined =>
  rowsOf(state).find(({ selected }) => selected)?.id;
export const detailOf = (state: ConsoleState): string => focused(state).pane.detail(state);
/** What is typed at the foot of the screen. */
export const typedOf = (state: ConsoleState): string | undefined => {
  const overlay = topOverlay(state);
  return overlay && "line" in overlay ? overlay.line.text : undefined;
};
