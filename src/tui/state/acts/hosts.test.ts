import { describe, expect, test } from "vitest";
import {
  aConsole,
  aList,
  anAlert,
  entity,
  hostIn,
  noon,
  orderOf,
  press,
  probeIn,
  rowsOf,
  selectedId,
  type,
} from "../../../../tests/support/console-state.ts";
import { refuse } from "../../../shared/errors.ts";
import type { Role } from "../../../shared/model.ts";
import { HOUR, SECOND } from "../../../shared/time.ts";
import { hints } from "../../input/keymap.ts";
import type { Action } from "../actions.ts";
import { topOverlay } from "../overlays.ts";
import { reduce } from "../reduce.ts";
import type { ConsoleState } from "../state.ts";
import { tableOf } from "../table.ts";
import { hosts as hostsPane } from "../tables/hosts.ts";

const names = ["a", "b", "c", "d", "e"];
const base = press(aConsole(names.flatMap((id) => hostIn(id, "up"))), "2");
const run = (state: ConsoleState, ...actions: Action[]): ConsoleState => actions.reduce(reduce, state);
const paused = (state: ConsoleState): string[] =>
  names.filter(
    (id) => state.entities.host.get(id)?.paused === true && state.entities.status.get(id)?.state === "paused",
  );
const sent = (state: ConsoleState) => state.acts.map(({ name, args }) => ({ name, args }));
const as = (role: Role): ConsoleState =>
  run(base, {
    type: "connection",
    state: {
      phase: "live",
      welcome: { type: "welcome", version: "0.1.0", instance: "one", role, rev: 1, now: noon },
    },
    now: noon,
  });

describe("P", () => {
  test("pauses the host under the cursor at once, and u resumes it", () => {
    const done = press(base, "j", "P");
    expect(paused(done)).toEqual(["b"]);
    expect(sent(done)).toEqual([{ name: "host.pause", args: { ids: ["b"] } }]);
    const undone = press(run(done, { type: "answer", key: "key" }), "u");
    expect(paused(undone)).toEqual([]);
    expect(sent(undone).at(-1)).toEqual({ name: "host.resume", args: { ids: ["b"] } });
  });
  test("isn't shown again once it was taken back, though the feed never told of it", () => {
    const undone = press(run(press(base, "P"), { type: "answer", key: "key" }), "u");
    const over = run(undone, { type: "answer", key: "key" }, { type: "changes", lists: [aList(hostIn("a", "up"))] });
    expect([over.acts, paused(over)]).toEqual([[], []]);
  });
  test("and again resumes it, though the feed never told that it was paused", () => {
    const paused1 = run(press(base, "j", "k", "P"), { type: "answer", key: "key" });
    const resumed = run(press(paused1, "P"), { type: "answer", key: "key" });
    const over = run(resumed, { type: "changes", lists: [aList(hostIn("a", "up"))] });
    expect([over.acts, paused(over)]).toEqual([[], []]);
  });
  test("pauses all that are marked, and takes the marks away", () => {
    const done = press(base, "j", "v", "j", "j", "v", "P");
    expect(paused(done)).toEqual(["b", "c", "d"]);
    expect(tableOf(done, "hosts").marks.size).toBe(0);
  });
  test("resumes only if all of them are paused", () => {
    const some = press(base, "P");
    const first = run(
      some,
      { type: "answer", key: "key" },
      {
        type: "changes",
        lists: [aList(hostIn("a", "paused", { paused: true }))],
      },
    );
    const mixed = press(first, "g", "v", "G", "P");
    expect(sent(mixed).at(-1)).toEqual({ name: "host.pause", args: { ids: ["b", "c", "d", "e"] } });
    const back = press(first, "G", "P");
    expect(selectedId(first)).toBeDefined();
    expect(sent(back).at(-1)).toEqual({ name: "host.resume", args: { ids: ["a"] } });
    expect(paused(back)).toEqual([]);
  });
  test("is rolled back with the daemon's words", () => {
    const refused = run(press(base, "P"), { type: "answer", key: "key", refusal: refuse("not_found", "no host a") });
    expect([paused(refused), refused.toast]).toMatchObject([[], { text: "a: not paused: no host a", tone: "bad" }]);
  });
});

describe("a token that may not", () => {
  test.each<[Role, string, string]>([
    ["viewer", "P", "this token may look but not act: that takes an operator's"],
    ["viewer", "m", "this token may look but not act: that takes an operator's"],
    ["operator", "+", "this token is an operator's: that takes an administrator's"],
    ["operator", "ctrl+e", "this token is an operator's: that takes an administrator's"],
    ["operator", "D", "this token is an operator's: that takes an administrator's"],
  ])("a %s's %s does nothing and says why", (role, key, why) => {
    const tried = press(as(role), key);
    expect([tried.acts, tried.overlays, tried.effects, tried.toast?.text]).toEqual([[], [], [], why]);
    expect(hints(as(role)).some(({ keys }) => keys.includes(key))).toBe(false);
  });
  test("an operator pauses", () => expect(paused(press(as("operator"), "P"))).toEqual(["a"]));
});

describe("m", () => {
  test("plans maintenance, which is sent only once it can't be taken back any more", () => {
    const planned = press(type(press(base, "j", "m"), "30m new disk"), "enter");
    const args = { hosts: ["b"], durationMs: HOUR / 2, comment: "new disk" };
    expect(planned.acts).toMatchObject([{ name: "maintenance.add", args, sendAt: noon + 5 * SECOND }]);
    expect(press(planned, "u").acts).toEqual([]);
  });
  test("asks again for what is no span, with what was typed", () => {
    const again = press(type(press(base, "m"), "soon"), "enter");
    expect(again.acts).toEqual([]);
    expect(topOverlay(again)).toMatchObject({ label: "Say how long: 2h, or until 08:00:", line: { text: "soon" } });
  });
  test("refuses more hosts than a maintenance names", () => {
    const many = Array.from({ length: 1_001 }, (_, i) => `h${i}`);
    const state = press(aConsole(many.flatMap((id) => hostIn(id, "up"))), "2", "v", "G", "m");
    expect([state.overlays, state.toast?.text]).toEqual([[], expect.stringContaining("1000 hosts at the most")]);
  });
});

describe("D", () => {
  test("asks, takes the host away at once, and u brings it back before it was sent", () => {
    const asked = press(base, "D");
    expect(topOverlay(asked)).toMatchObject({ question: "Remove a with its token and past? (y/n)" });
    expect(press(asked, "n").acts).toEqual([]);
    const gone = press(asked, "y");
    expect(orderOf(gone, "hosts")).toEqual(["b", "c", "d", "e"]);
    expect(gone.acts).toMatchObject([{ name: "host.remove", sendAt: noon + 5 * SECOND }]);
    expect(orderOf(press(gone, "u"), "hosts")).toEqual(names);
  });
  test("wants the number of several", () => {
    const asked = press(base, "space", "space", "D");
    expect(press(type(asked, "3"), "enter").acts).toEqual([]);
    expect(sent(press(type(asked, "2"), "enter"))).toEqual([{ name: "host.remove", args: { ids: ["a", "b"] } }]);
  });
  test("doesn't remove a host from among its alerts and probes", () => {
    const console_ = aConsole([
      ...hostIn("a", "down"),
      entity("alert", "a1", anAlert({ host: "a" })),
      ...probeIn("p", "up", { host: "a" }),
    ]);
    for (const key of ["3", "5"]) {
      const tried = press(console_, key, ...(key === "5" ? ["tab"] : []), "D");
      expect([tried.overlays, tried.toast?.text]).toEqual([[], "select it among the hosts first"]);
    }
  });
});

describe("the table of hosts", () => {
  const tagged = press(
    aConsole([
      ...hostIn("web01", "up", { tags: ["web"] }),
      ...hostIn("web02", "down", { tags: ["web"], periodMs: HOUR }),
      ...hostIn("db01", "late"),
    ]),
    "2",
  );
  test.each([
    ["tag:web state:down", ["web02"], "1 of 3"],
    ["!tag:web", ["db01"], "1 of 3"],
    ["-f w2", ["web02"], "1 of 3"],
    ["state:gone", [], 'no state is "gone": down, late, new, up, off-hours, paused'],
  ])("is filtered by %s", (filter, ids, facts) => {
    const filtered = press(type(press(tagged, "/"), filter), "enter");
    expect(orderOf(filtered, "hosts")).toEqual(ids);
    expect(hostsPane.facts(filtered)).toContain(facts);
  });
  test.each([
    ["H", ["db01", "web01", "web02"]],
    ["E", ["db01", "web01", "web02"]],
    ["S", ["web02", "db01", "web01"]],
    ["T", ["db01", "web02", "web01"]],
  ])("is sorted by %s, and again the other way", (key, ids) => {
    expect(orderOf(press(tagged, key), "hosts")).toEqual(ids);
    expect(rowsOf(press(tagged, key, key))[0]?.id).not.toBe(ids[0]);
  });
  test("says how many are marked, of those that are shown", () => {
    const marked = press(tagged, "g", "v", "G", "v");
    expect(hostsPane.facts(marked)).toBe("3; 3 marked");
    expect(hostsPane.facts(type(press(marked, "/"), "db"))).toContain("; 1 marked");
  });
  test("says by what it is sorted where that has no room", () => {
    const narrow = reduce(tagged, { type: "resize", columns: 60, rows: 15 });
    expect(hostsPane.facts(press(narrow, "T"))).toBe("3; by tags");
  });
});
