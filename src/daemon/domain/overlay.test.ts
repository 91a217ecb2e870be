import { fc } from "../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { aHost, anAlert } from "../../../tests/support/console-state.ts";
import { Overlay } from "./overlay.ts";
import { type Change, State, type StateReader, type Undo } from "./state.ts";

const noon = Date.UTC(2026, 0, 5, 12);
const ids = ["a", "b", "c"];
const keys = ["heartbeat:a", "heartbeat:b"];
const anyId = fc.constantFrom(...ids);

const host = fc.tuple(anyId, fc.uniqueArray(anyId)).map(([id, parents]): Change => ({
  kind: "host",
  id,
  value: aHost({ name: id, parents }),
}));
const alert = fc
  .tuple(fc.constantFrom(...keys), fc.integer({ min: 1, max: 3 }), fc.constantFrom("firing", "resolved"))
  // The key and the time of an alert never change, and no two of a key begin at once.
  .map(([key, nth, state]): Change => ({
    kind: "alert",
    id: `${key}-${nth}`,
    value: anAlert({ key, state, raisedAt: noon + nth }),
  }));
const gap = anyId.map((id): Change => ({ kind: "gap", id, value: { from: noon, to: noon + 1, cause: "stall" } }));
const removal = fc
  .constantFrom<["host" | "gap", string][]>(
    ...ids.flatMap((id): ["host" | "gap", string][] => [
      ["host", id],
      ["gap", id],
    ]),
  )
  .map(([kind, id]): Change => ({ kind, id, removed: true }));
const record = anyId.map((id): Change => ({ kind: "beat", id, record: {} }));
const changes = fc.array(fc.oneof(host, alert, gap, removal, record), { maxLength: 12 });

/** Everything that a decision can read, in no order. */
const seen = (state: StateReader) => ({
  entities: (["host", "alert", "gap"] as const).map((kind) =>
    Array.from(state.all(kind), ({ id, value }) => [id, value]).toSorted(([a], [b]) =>
      String(a) < String(b) ? -1 : 1,
    ),
  ),
  counts: (["host", "alert", "gap", "beat"] as const).map((kind) => state.count(kind)),
  got: ids.map((id) => state.get("host", id)?.value),
  last: keys.map((key) => state.lastAlert(key)?.id),
  open: keys.map((key) => state.openAlert(key)?.id),
  children: ids.map((id) => [...state.children(id)].toSorted()),
  gaps: state.gaps().length,
  recent: state.recent("a"),
});

test("a state with changes over it reads as if they were committed, and gives the changes that lead there", () => {
  fc.assert(
    fc.property(changes, changes, (before, after) => {
      const state = new State();
      state.apply({ rev: 1, at: noon, by: "ada", changes: before });
      const [untouched, overlay] = [seen(state), new Overlay(state)];
      overlay.apply(after);
      expect(seen(state)).toEqual(untouched);
      const laid = seen(overlay);
      const led = overlay.changes();
      expect(new Set(led.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(led.length);
      state.apply({ rev: 2, at: noon, by: "ada", changes: led });
      expect(seen(state)).toEqual(laid);
      expect(overlay.rev).toBe(1);
    }),
  );
});

test("an alert that is gone isn't the last of its key", () => {
  const state = new State();
  const key = "heartbeat:a";
  state.apply({ rev: 1, at: noon, by: "ada", changes: [{ kind: "alert", id: "a1", value: anAlert({ key }) }] });
  const overlay = new Overlay(state);
  overlay.apply([{ kind: "alert", id: "a1", removed: true }]);
  expect(overlay.lastAlert(key)).toBeUndefined();
});

test("a probe belongs to the host that it is attached to now", () => {
  const probe = (host?: string) => ({
    kind: "probe" as const,
    id: "web",
    value: { ...aProbe, ...(host ? { host } : {}) },
  });
  const aProbe = {
    type: "tcp",
    options: {},
    title: "TCP",
    periodMs: 60_000,
    timeoutMs: 5_000,
    failures: 2,
    recoveries: 1,
    retryMs: 5_000,
    paused: false,
    createdAt: noon,
    updatedAt: noon,
  };
  const state = new State();
  state.apply({ rev: 1, at: noon, by: "ada", changes: [probe("a")] });
  const overlay = new Overlay(state);
  overlay.apply([probe("b")]);
  expect([[...overlay.ofHost("probe", "a")], [...overlay.ofHost("probe", "b")], overlay.runs("web")]).toEqual([
    [],
    ["web"],
    [],
  ]);
  state.apply({ rev: 2, at: noon, by: "ada", changes: [probe("b")] });
  expect([[...state.ofHost("probe", "a")], [...state.ofHost("probe", "b")]]).toEqual([[], ["web"]]);
  const undo: Undo[] = [];
  const removal = {
    rev: 3,
    at: noon,
    by: "ada",
    changes: [{ kind: "probe" as const, id: "web", removed: true as const }],
  };
  state.apply(removal, undo);
  expect([...state.ofHost("probe", "b")]).toEqual([]);
  state.revert(removal, undo);
  expect([...state.ofHost("probe", "b")]).toEqual(["web"]);
});
