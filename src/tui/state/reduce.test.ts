import { describe, expect, test } from "vitest";
import {
  aConsole,
  aList,
  anAlert,
  detailOf,
  entity,
  hostIn,
  noon,
  orderOf,
  press,
  rowsOf,
  selectedId,
  type,
} from "../../../tests/support/console-state.ts";
import { refuse } from "../../shared/errors.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/time.ts";
import type { Action } from "./actions.ts";
import { verbs } from "./acts/alerts.ts";
import { alertTarget } from "./acts/targets.ts";
import { isPending } from "./acts/act.ts";
import { reduce } from "./reduce.ts";
import { subjects } from "./screens.ts";
import { connectionLabel, gapNote } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";
import { hourAndMinute } from "./time-of-day.ts";
import { withToast } from "./toast.ts";

const run = (state: ConsoleState, ...actions: Action[]): ConsoleState => actions.reduce(reduce, state);
const onHosts = (...given: Parameters<typeof aConsole>): ConsoleState => press(aConsole(...given), "2");
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
    expect(orderOf(state, "hosts")).toEqual(["z", "d", "n", "a", "b", "p"]);
  });

  test("stays while a person moves, and is put right two seconds after", () => {
    const start = onHosts([...hostIn("a", "up"), ...hostIn("b", "up"), ...hostIn("c", "up")]);
    const moving = run(press(start, "j"), changes(statusOf("c", "down")));
    expect(orderOf(moving, "hosts")).toEqual(["a", "b", "c"]);
    const rested = run(moving, { type: "tick", now: noon + 3 * SECOND });
    expect(orderOf(rested, "hosts")).toEqual(["c", "a", "b"]);
    expect(selectedId(rested)).toBe("b");
  });

  test("an untouched cursor stays on what is worst, a moved one on its host", () => {
    const before = onHosts([...hostIn("a", "up"), ...hostIn("b", "up")]);
    expect(selectedId(run(before, changes(statusOf("b", "down"))))).toBe("b");
  });

  test("when the selected host is removed its neighbour is selected", () => {
    const removed = run(press(onHosts(many(3)), "j"), {
      type: "changes",
      lists: [aList([], { removals: [{ kind: "host", id: "h00001", rev: 2 }] })],
    });
    expect(selectedId(removed)).toBe("h00002");
  });
});

describe("moving", () => {
  const big = onHosts(many(10_000));
  test.each<[string, string[], string]>([
    ["down", ["j"], "h00001"],
    ["up from the first stays", ["k"], "h00000"],
    ["a page down", ["ctrl+f"], "h00019"],
    ["half a page down", ["ctrl+d"], "h00009"],
    ["to the last", ["G"], "h09999"],
    ["there and back", ["end", "home"], "h00000"],
  ])("%s", (_name, keys, id) => expect(selectedId(press(big, ...keys))).toBe(id));

  test("only the rows in view are there to draw, and the cursor is among them", () => {
    const rows = rowsOf(press(big, "G"));
    expect(rows).toHaveLength(19);
    expect(rows.at(-1)?.id).toBe("h09999");
  });

  test("a smaller terminal keeps the cursor in view", () => {
    const state = run(press(big, "ctrl+f"), { type: "resize", columns: 60, rows: 15 });
    expect(selectedId(state)).toBe("h00019");
  });
});

describe("filtering", () => {
  const start = onHosts([
    ...hostIn("web01", "up"),
    ...hostIn("db01", "up", { name: "Old Web" }),
    ...hostIn("mail", "up"),
  ]);
  const typed = type(press(start, "/"), "WEB");

  test("finds ids and names as one types, whatever their case", () =>
    expect(orderOf(typed, "hosts")).toEqual(["db01", "web01"]));
  test("Enter keeps it, Escape then clears it", () => {
    const kept = press(typed, "enter");
    expect([kept.overlays, orderOf(kept, "hosts").length]).toEqual([[], 2]);
    expect(orderOf(press(kept, "escape"), "hosts")).toHaveLength(3);
  });
  test("Escape while typing brings back what was before", () =>
    expect(orderOf(press(typed, "escape"), "hosts")).toHaveLength(3));
});

describe("sorting", () => {
  const state = onHosts([...hostIn("b", "up"), ...hostIn("a", "down"), ...hostIn("c", "late")]);
  test("goes through the columns, turns round, and comes back to what needs a person", () => {
    const byHost = press(state, ">");
    expect([orderOf(state, "hosts"), orderOf(byHost, "hosts"), orderOf(press(byHost, "r"), "hosts")]).toEqual([
      ["a", "c", "b"],
      ["a", "b", "c"],
      ["c", "b", "a"],
    ]);
    expect(orderOf(press(byHost, "<"), "hosts")).toEqual(["a", "c", "b"]);
  });
  test("can't be turned round before there is one", () =>
    expect(press(state, "r").toast?.text).toBe("sort by a column first: < or >"));
});

describe("marks", () => {
  const state = onHosts([...hostIn("a", "up"), ...hostIn("b", "up"), ...hostIn("c", "up"), ...hostIn("d", "up")]);
  const hostsOf = (of: ConsoleState) => subjects(of).map(({ host }) => host);
  test("are what is acted on, wherever the cursor is, until they are taken away", () => {
    const marked = press(state, "space", "j", "space");
    expect(hostsOf(marked)).toEqual(["a", "c"]);
    expect(hostsOf(press(marked, "ctrl+\\"))).toEqual(["d"]);
    expect(hostsOf(press(marked, "escape"))).toEqual(["d"]);
  });
  test("make a range from where it begins to where the cursor goes", () => {
    const ranging = press(state, "j", "v", "j", "j");
    expect(hostsOf(ranging)).toEqual(["b", "c", "d"]);
    expect(hostsOf(press(ranging, "v", "g"))).toEqual(["b", "c", "d"]);
  });
  test("that a filter hides aren't acted on", () =>
    expect(hostsOf(press(type(press(state, "space", "space", "/"), "b"), "enter"))).toEqual(["b"]));
});

describe("places", () => {
  const state = aConsole([...hostIn("web01", "down"), entity("alert", "a1", anAlert())]);
  test("Enter goes into what is selected, and Escape back", () => {
    const inside = press(state, "enter");
    expect(inside.place).toEqual({ screen: "alert", pane: "alert", subject: "a1" });
    expect(press(inside, "escape").place.screen).toBe("overview");
    expect(press(state, "2", "enter").place).toMatchObject({ screen: "host", subject: "web01" });
  });
  test("a detail's own key shows what was shown last, or says that nothing is selected", () => {
    expect(press(aConsole([]), "8")).toMatchObject({
      place: { screen: "overview" },
      toast: { text: "select a host first" },
    });
    expect(press(state, "2", "enter", "6", "8").place).toMatchObject({ screen: "host", subject: "web01" });
  });
});

describe("freezing", () => {
  const frozen = press(onHosts(hostIn("a", "up")), "p");
  const after = run(frozen, changes(...hostIn("b", "up")));
  test("keeps what is shown, and goes on with all that came", () => {
    expect(orderOf(after, "hosts")).toEqual(["a"]);
    expect(orderOf(press(after, "p"), "hosts")).toEqual(["a", "b"]);
  });
  test("doesn't hide what the person does", () => {
    const firing = press(aConsole([entity("alert", "a1", anAlert())]), "p", "a", "enter");
    expect(firing.entities.alert.get("a1")?.state).toBe("acknowledged");
  });
});

describe("acknowledging", () => {
  const firing = onHosts([...hostIn("web01", "down"), ...hostIn("db01", "up"), entity("alert", "a1", anAlert())]);
  const sent = press(type(press(firing, "a"), "on it"), "enter");
  const acked = entity("alert", "a1", anAlert({ state: "acknowledged", ackedBy: "anna" }));
  const target = (state: ConsoleState) => alertTarget(state, subjects(state), verbs.ack);

  test("from a host's row it means that host's alert, with the comment and one key", () => {
    expect(sent.acts).toMatchObject([{ key: "key", name: "alert.ack", args: { ids: ["a1"], comment: "on it" } }]);
  });
  test("is shown before the daemon has answered", () => {
    expect(isPending(sent, "alert.ack", "a1")).toBe(true);
    expect(rowsOf(press(sent, "3"))[0]?.text).toContain("acked ?");
  });
  test("is the feed's own once both the answer and the change have come, in either order", () => {
    const answer: Action = { type: "answer", key: "key" };
    expect(run(sent, answer, changes(acked)).acts).toEqual([]);
    expect(run(sent, changes(acked), answer).acts).toEqual([]);
    expect(run(sent, answer).acts).toHaveLength(1);
  });
  test("has served ten seconds after the answer, whatever the feed shows", () => {
    const answered = run(sent, { type: "answer", key: "key" }, { type: "tick", now: noon + 11 * SECOND });
    expect([answered.acts, answered.entities.alert.get("a1")?.state]).toEqual([[], "firing"]);
  });
  test("is rolled back with the reason when it is refused", () => {
    const back = run(sent, { type: "answer", key: "key", refusal: refuse("forbidden", "ask an operator") });
    expect(back.entities.alert.get("a1")?.state).toBe("firing");
    expect(back.toast).toMatchObject({ text: "web01: not acknowledged: ask an operator", tone: "bad" });
    expect(press(back, "u").toast?.text).toBe("there is nothing to take back");
  });
  test("u takes it back within five seconds, by its inverse", () => {
    const answered = run(sent, { type: "answer", key: "key" }, changes(acked));
    expect(answered.toast?.text).toBe("Acknowledged: web01; u takes it back");
    const undone = press(answered, "u");
    expect(undone.acts).toMatchObject([{ name: "alert.unack", args: { ids: ["a1"] } }]);
    expect(undone.entities.alert.get("a1")?.state).toBe("firing");
    expect(press(run(answered, { type: "tick", now: noon + 6 * SECOND }), "u").acts).toEqual([]);
  });
  test("Escape sends nothing", () => expect(press(firing, "a", "escape").acts).toEqual([]));
  test("says why when there is nothing to acknowledge", () => {
    expect(target(press(firing, "j"))).toBe("db01 has no open alert");
    expect(target(sent)).toBe("the alert of web01 is acknowledged already");
  });
  test("given without a connection it waits and says so", () => {
    const lost = run(firing, {
      type: "connection",
      state: { phase: "waiting", attempt: 1, retryAt: 0, reason: "gone" },
      now: noon,
    });
    const kept = press(lost, "a", "enter");
    expect(kept.acts).toHaveLength(1);
    expect(kept.toast?.text).toBe("web01: will be sent once the daemon is back");
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
  const shown = withToast(aConsole([]), "hello", "good");
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
  expect(detailOf(press(state, "2"))).toBe("web01 (Web) down: down for a reason");
  expect(detailOf(press(state, "3"))).toBe(
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
