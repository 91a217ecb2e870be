import { describe, expect, test } from "vitest";
import { aConsole, aList, anAlert, entity, hostIn, noon } from "../../../tests/support/console-state.ts";
import { refuse } from "../../shared/errors.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import type { Action } from "./actions.ts";
import { detail } from "./detail.ts";
import { reduce } from "./reduce.ts";
import {
  ackTarget,
  connectionLabel,
  gapNote,
  isPending,
  selectedId,
  visibleAlerts,
  visibleHosts,
} from "./selectors.ts";
import type { ConsoleState } from "./state.ts";
import { hourAndMinute } from "./time-of-day.ts";

const run = (state: ConsoleState, ...actions: Action[]): ConsoleState => actions.reduce(reduce, state);
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => hostIn(`h${String(index).padStart(5, "0")}`, "up")).flat();
const changes = (...upserts: Parameters<typeof aList>[0]): Action => ({ type: "changes", lists: [aList(upserts)] });
const statusOf = (id: string, state: "up" | "down") => entity("status", id, { state, since: noon, reason: "because" });

describe("the order of hosts", () => {
  test("what needs a person comes first, by id within a state", () => {
    const state = aConsole([
      ...hostIn("b", "up"),
      ...hostIn("a", "up"),
      ...hostIn("d", "late"),
      ...hostIn("z", "down"),
      ...hostIn("n", "new"),
      ...hostIn("p", "paused"),
    ]);
    expect(state.order.hosts).toEqual(["z", "d", "n", "a", "b", "p"]);
  });

  test("stays while a person moves, and is put right two seconds after", () => {
    const moving = run(
      aConsole([...hostIn("a", "up"), ...hostIn("b", "up"), ...hostIn("c", "up")]),
      { type: "move", by: 1 },
      changes(statusOf("c", "down")),
    );
    expect(moving.order.hosts).toEqual(["a", "b", "c"]);
    const rested = run(moving, { type: "tick", now: noon + 3 * SECOND });
    expect(rested.order.hosts).toEqual(["c", "a", "b"]);
    expect(selectedId(rested)).toBe("b");
  });

  test("an untouched cursor stays on what is worst, a moved one on its host", () => {
    const before = aConsole([...hostIn("a", "up"), ...hostIn("b", "up")]);
    expect(selectedId(run(before, changes(statusOf("b", "down"))))).toBe("b");
  });

  test("when the selected host is removed its neighbour is selected", () => {
    const at = run(aConsole(many(3)), { type: "move", by: 1 });
    const removed = run(at, {
      type: "changes",
      lists: [aList([], { removals: [{ kind: "host", id: "h00001", rev: 2 }] })],
    });
    expect(selectedId(removed)).toBe("h00002");
  });
});

describe("moving", () => {
  const big = aConsole(many(10_000));
  test.each<[string, Action[], string]>([
    ["down", [{ type: "move", by: 1 }], "h00001"],
    ["up from the first stays", [{ type: "move", by: -1 }], "h00000"],
    ["a page down", [{ type: "page", by: 1 }], "h00012"],
    ["half a page down", [{ type: "page", by: 0.5 }], "h00006"],
    ["to the last", [{ type: "end", to: "last" }], "h09999"],
    [
      "there and back",
      [
        { type: "end", to: "last" },
        { type: "end", to: "first" },
      ],
      "h00000",
    ],
  ])("%s", (_name, actions, id) => expect(selectedId(run(big, ...actions))).toBe(id));

  test("only the rows in view are there to draw, and the cursor is among them", () => {
    const rows = visibleHosts(run(big, { type: "end", to: "last" }));
    expect(rows).toHaveLength(12);
    expect(rows.at(-1)?.id).toBe("h09999");
  });

  test("a smaller terminal keeps the cursor in view", () => {
    const state = run(big, { type: "page", by: 0.9 }, { type: "resize", columns: 60, rows: 15 });
    expect(visibleHosts(state).map(({ id }) => id)).toContain(selectedId(state));
  });
});

describe("filtering", () => {
  const start = run(
    aConsole([...hostIn("web01", "up"), ...hostIn("db01", "up", { name: "Old Web" }), ...hostIn("mail", "up")]),
    { type: "ask-filter" },
  );
  const typed = run(start, { type: "edit", edit: { kind: "insert", text: "WEB" } });

  test("finds ids and names as one types, whatever their case", () =>
    expect(typed.order.hosts).toEqual(["db01", "web01"]));
  test("Enter keeps it, Escape then clears it", () => {
    const kept = run(typed, { type: "submit", key: "k" });
    expect([kept.overlay, kept.order.hosts.length]).toEqual([undefined, 2]);
    expect(run(kept, { type: "close" }).order.hosts).toHaveLength(3);
  });
  test("Escape while typing brings back what was before", () => expect(run(typed, { type: "close" }).filter).toBe(""));
});

describe("acknowledging", () => {
  const firing = aConsole([...hostIn("web01", "down"), ...hostIn("db01", "up"), entity("alert", "a1", anAlert())]);
  const sent = run(
    firing,
    { type: "ask-comment" },
    { type: "edit", edit: { kind: "insert", text: "on it" } },
    { type: "submit", key: "k1" },
  );
  const acked = entity("alert", "a1", anAlert({ state: "acknowledged", ackedBy: "anna" }));

  test("from a host's row it means that host's alert, with the comment and one key", () => {
    expect(sent.acks).toEqual([{ key: "k1", ids: ["a1"], comment: "on it", answered: false }]);
  });
  test("is shown before the daemon has answered", () => expect(visibleAlerts(sent)[0]?.pending).toBe(true));
  test("is the feed's own once both the answer and the change have come, in either order", () => {
    const answer: Action = { type: "ack-answer", key: "k1" };
    expect(run(sent, answer, changes(acked)).acks).toEqual([]);
    expect(run(sent, changes(acked), answer).acks).toEqual([]);
    expect(run(sent, answer).acks).toHaveLength(1);
  });
  test("is rolled back with the reason when it is refused", () => {
    const back = run(sent, { type: "ack-answer", key: "k1", refusal: refuse("forbidden", "ask an operator") });
    expect(isPending(back, "a1")).toBe(false);
    expect(back.toast).toMatchObject({ text: "Not acknowledged: ask an operator", tone: "bad" });
  });
  test("Escape sends nothing", () => expect(run(firing, { type: "ask-comment" }, { type: "close" }).acks).toEqual([]));
  test("says why when there is nothing to acknowledge", () => {
    expect(ackTarget(run(firing, { type: "move", by: 1 }))).toBe("db01 has no open alert");
    expect(ackTarget(sent)).toBe("the alert of web01 is acknowledged already");
    expect(ackTarget(run(firing, changes(acked), { type: "next-pane" }))).toBe("the alert is acknowledged already");
  });
  test("given without a connection it waits and says so", () => {
    const lost = run(firing, {
      type: "connection",
      state: { phase: "waiting", attempt: 1, retryAt: 0, reason: "gone" },
      now: noon,
    });
    const kept = run(lost, { type: "ask-comment" }, { type: "submit", key: "k" });
    expect(kept.acks).toHaveLength(1);
    expect(kept.toast?.text).toBe("web01: will be acknowledged once the daemon is back");
  });
});

describe("the connection in words", () => {
  const live = aConsole([]);
  test("live while the daemon is heard, stale when it falls silent", () => {
    expect(connectionLabel(live).text).toBe("live");
    expect(connectionLabel(run(live, { type: "tick", now: noon + 12 * SECOND, heardAt: noon })).text).toBe("stale 12s");
  });
  test("counts the tries and the age of what is shown", () => {
    const lost = run(live, {
      type: "connection",
      state: { phase: "waiting", attempt: 3, retryAt: 0, reason: "gone" },
      now: noon + 8 * SECOND,
    });
    expect(connectionLabel(lost).text).toBe("reconnecting (3), data 8s old");
  });
  test("says that the token is refused", () => {
    const refused = run(live, {
      type: "connection",
      state: { phase: "refused", code: 4401, message: "no", retryAt: 0 },
      now: noon,
    });
    expect(connectionLabel(refused).text).toBe("token refused");
  });
});

test("a toast goes by itself, a bad one later", () => {
  const shown = run(aConsole([]), { type: "toast", text: "hello", tone: "good" });
  expect(run(shown, { type: "tick", now: noon + 4 * SECOND }).toast?.text).toBe("hello");
  expect(run(shown, { type: "tick", now: noon + 6 * SECOND }).toast).toBeUndefined();
});

test("rings grow by the heartbeats of hosts that were looked at, to twenty and no more", () => {
  const beats = Array.from({ length: 20 }, (_, index) => ({ at: noon - (20 - index) * 1000, status: "ok" as const }));
  const state = run(
    aConsole(hostIn("web01", "up")),
    { type: "recent", items: [{ id: "web01", beats }] },
    changes(
      entity("beat", "web01", { at: noon, dueAt: noon, status: "fail" }),
      entity("beat", "other", { at: noon, dueAt: noon, status: "ok" }),
    ),
  );
  expect(state.recents.get("web01")).toHaveLength(20);
  expect(state.recents.get("web01")?.at(-1)).toEqual({ at: noon, status: "fail" });
  expect(state.recents.has("other")).toBe(false);
});

test("a snapshot replaces what was held", () => {
  const state = run(aConsole(many(3)), { type: "changes", lists: [aList(hostIn("only", "up"), { snapshot: true })] });
  expect([...state.entities.host.keys()]).toEqual(["only"]);
});

test("the detail line gives the whole reason of the selected row", () => {
  const state = aConsole([
    ...hostIn("web01", "down", { name: "Web" }),
    entity("alert", "a1", anAlert({ ackedBy: "anna", comment: "on it", state: "acknowledged" })),
  ]);
  expect(detail(state)).toBe("web01 (Web) down: down for a reason");
  expect(detail(run(state, { type: "next-pane" }))).toBe(
    'web01 is down: no heartbeat for 7m 12s, due every 5m, grace 2m, acknowledged by anna: "on it"',
  );
});

describe("the note on the monitor's own gap", () => {
  const away = (id: string, from: number, to: number) => entity("gap", id, { from, to, cause: "downtime" });
  const last = away("g2", noon - HOUR, noon - HOUR + 4 * MINUTE);

  test("is of the one that ended last, with this machine's time of day", () => {
    const state = aConsole([last, away("g1", noon - 3 * HOUR, noon - 2 * HOUR)]);
    expect(gapNote(state)).toBe(`monitor was away 4m at ${hourAndMinute(noon - HOUR)} (restart)`);
    expect(gapNote({ ...state, skewMs: 10 * MINUTE })).toContain(`at ${hourAndMinute(noon - HOUR - 10 * MINUTE)}`);
  });
  test("tells which way the clock was set", () => {
    const step = { from: noon - MINUTE, to: noon, cause: "clock", stepMs: MINUTE } as const;
    expect(gapNote(aConsole([entity("gap", "g1", step)]))).toMatch(/^the clock was set forward 1m at \d\d:\d\d$/);
  });
  test("is gone after a day, and isn't there without a gap", () => {
    const state = aConsole([last]);
    expect(gapNote(run(state, { type: "tick", now: noon + DAY - HOUR }))).not.toBe("");
    expect(gapNote(run(state, { type: "tick", now: noon + DAY }))).toBe("");
    expect(gapNote(aConsole([]))).toBe("");
  });
});
