import { describe, expect, test } from "vitest";
import {
  aConsole,
  aList,
  anAlert,
  entity,
  fetched,
  hostIn,
  noon,
  press,
  probeIn,
  type,
  withHealth,
} from "../../../../tests/support/console-state.ts";
import type { WatchedEntity } from "../../../shared/client/socket.ts";
import { refuse } from "../../../shared/errors.ts";
import type { Refusal } from "../../../shared/errors.ts";
import type { Alert } from "../../../shared/model.ts";
import { HOUR, MINUTE } from "../../../shared/time.ts";
import { topOverlay } from "../overlays.ts";
import { reduce } from "../reduce.ts";
import type { ConsoleState } from "../state.ts";
import { maintenanceNeed } from "../tables/maintenance.ts";

const spans = { from: noon - HOUR, to: noon + HOUR, comment: "", by: "ada", createdAt: noon - HOUR };
const base = press(
  aConsole([
    ...hostIn("web01", "down"),
    ...hostIn("db01", "down"),
    entity("alert", "a1", anAlert()),
    entity("alert", "a2", anAlert({ host: "db01", key: "heartbeat:db01", raisedAt: noon - 9 * MINUTE })),
    entity("alert", "a3", anAlert({ host: undefined, key: "space:data", type: "space", severity: "warning" })),
    entity("silence", "s4", { hosts: ["web01"], ...spans }),
    entity("silence", "s5", { tags: ["prod"], ...spans, createdAt: noon - 2 * HOUR }),
    ...probeIn("shop", "up"),
    ...probeIn("mail", "up", { paused: true }),
  ]),
  "3",
);

const sent = ({ acts }: ConsoleState) => acts.map(({ name, args }) => ({ name, args }));
const shownAlert = ({ entities }: ConsoleState, id = "a1"): Alert | undefined => entities.alert.get(id);
const later = (state: ConsoleState, ms: number): ConsoleState => reduce(state, { type: "tick", now: state.now + ms });
const answer = (state: ConsoleState, refusal?: Refusal): ConsoleState =>
  reduce(state, { type: "answer", key: "key", refusal });
const told = (state: ConsoleState, ...upserts: WatchedEntity[]): ConsoleState =>
  reduce(state, { type: "changes", lists: [aList(upserts)] });
const asking = (state: ConsoleState): string | undefined => {
  const overlay = topOverlay(state);
  return overlay?.kind === "prompt" ? overlay.label : overlay?.kind === "confirm" ? overlay.question : undefined;
};
const acked = told(base, entity("alert", "a1", anAlert({ state: "acknowledged", ackedBy: "ada", ackedAt: noon })));

interface Case {
  from?: ConsoleState;
  keys: string[];
  name: string;
  args: object;
  shown: object;
}
const cases: Record<string, Case> = {
  acknowledge: {
    keys: ["a", ..."on it", "enter"],
    name: "alert.ack",
    args: { ids: ["a1"], comment: "on it" },
    shown: { state: "acknowledged", comment: "on it" },
  },
  "give back": {
    from: press(acked, "G"),
    keys: ["U"],
    name: "alert.unack",
    args: { ids: ["a1"] },
    shown: { state: "firing" },
  },
  comment: {
    keys: ["c", ..."disk", "enter"],
    name: "alert.comment",
    args: { ids: ["a1"], comment: "disk" },
    shown: { state: "firing", comment: "disk" },
  },
  assign: {
    keys: ["@", ..."ada", "enter"],
    name: "alert.assign",
    args: { ids: ["a1"], assignee: "ada" },
    shown: { assignee: "ada" },
  },
  snooze: {
    keys: ["z", ..."30m", "space", ..."lunch", "enter"],
    name: "alert.snooze",
    args: { ids: ["a1"], durationMs: 30 * MINUTE, comment: "lunch" },
    shown: { state: "firing", heldBy: "snoozed by you", snoozedUntil: noon + 30 * MINUTE, comment: "lunch" },
  },
  "snooze for the usual time": {
    keys: ["z", "enter"],
    name: "alert.snooze",
    args: { ids: ["a1"], durationMs: HOUR },
    shown: { snoozedUntil: noon + HOUR },
  },
  resolve: {
    keys: ["R", ..."gone", "enter"],
    name: "alert.resolve",
    args: { ids: ["a1"], comment: "gone" },
    shown: { state: "resolved", resolvedAt: noon },
  },
};
const list = Object.entries(cases).map(([title, one]) => ({ title, from: base, ...one }));

describe.each(list)("$title", ({ from, keys, name, args, shown }) => {
  const done = press(from, ...keys);
  test("is shown at once, and sent as the command", () => {
    expect(sent(done)).toEqual([{ name, args }]);
    expect(shownAlert(done)).toMatchObject(shown);
    expect(shownAlert(done, "a2")).toBe(shownAlert(from, "a2"));
  });
  test.each([
    refuse("conflict", "alert a1 is resolved already: there is nothing left"),
    refuse("forbidden", "this token may not"),
    refuse("unavailable", "the disk is full: make room"),
  ])("is rolled back with the refusal's words: $code", (refusal) => {
    const refused = answer(done, refusal);
    expect(refused.acts).toEqual([]);
    expect(refused.entities.alert).toBe(refused.told.alert);
    expect(refused.toast).toMatchObject({ tone: "bad", text: expect.stringContaining(`: not `) });
    expect(refused.toast?.text).toContain(refusal.message);
    expect(press(refused, "escape", "u").toast?.text).toBe("there is nothing to take back");
  });
  test("can be taken back for five seconds", () => {
    const back = press(done, "u");
    if (name === "alert.ack") expect(sent(back).map((one) => one.name)).toEqual([name, "alert.unack"]);
    else {
      expect(done.acts[0]?.sendAt).toBe(noon + 5_000);
      expect(sent(back)).toEqual([]);
    }
    expect(shownAlert(back)?.state).toBe(name === "alert.ack" ? "firing" : shownAlert(from)?.state);
    expect(sent(press(later(done, 5_000), "u"))).toEqual([{ name, args }]);
  });
  test("stays while the daemon is away, however long", () => {
    const waiting = { phase: "waiting", attempt: 1, retryAt: 0, reason: "it was lost" } as const;
    const lost = later(reduce(done, { type: "connection", state: waiting, now: noon }), 10 * MINUTE);
    expect(sent(lost)).toEqual([{ name, args }]);
    expect(shownAlert(lost)).toMatchObject(shown);
  });
});

test("what was confirmed and is seen in the feed is the feed's own", () => {
  const done = answer(press(base, "@", ..."ada", "enter"));
  expect(done.toast?.text).toBe("Assigned: web01; u takes it back");
  expect(done.acts.length).toBe(1);
  const seen = told(done, entity("alert", "a1", anAlert({ assignee: "ada" })));
  expect([seen.acts, shownAlert(seen)?.assignee]).toEqual([[], "ada"]);
});

describe("a question", () => {
  test.each([
    ["c", "", "Say something, or Esc:"],
    ["@", "", "Give a name, or Esc:"],
    ["@", "x".repeat(65), "Give a name of at most 64 characters:"],
    ["z", "soon", "Say how long: 30m, 2h or until 08:00:"],
    ["z", "40d", "Say how long, 30d at the most:"],
    ["s", "soon", "Say how long: 30m, 2h or until 08:00:"],
  ])("%s %s is asked again, with what was typed", (key, text, label) => {
    const again = press(type(press(base, key), text), "enter");
    expect(topOverlay(again)).toMatchObject({ label, line: { text } });
    expect(press(again, "escape")).toMatchObject({ acts: [], overlays: [] });
  });
  test("is about what was selected when it was asked, whatever the rows do meanwhile", () => {
    const moved = told(press(base, "c"), entity("alert", "a9", anAlert({ host: "new", raisedAt: noon })));
    expect(sent(press(type(moved, "x"), "enter"))).toEqual([
      { name: "alert.comment", args: { ids: ["a1"], comment: "x" } },
    ]);
  });
});

describe("marks", () => {
  const marked = press(base, "space", "space");
  test("are done to all at once, in one command, and are gone then", () => {
    expect(asking(press(marked, "a"))).toBe("Acknowledge 2 alerts:");
    const done = press(marked, "z", "enter");
    expect(sent(done)).toEqual([{ name: "alert.snooze", args: { ids: ["a1", "a2"], durationMs: HOUR } }]);
    expect(done.tables["alerts"]?.marks.size).toBe(0);
  });
  test("of which only some fit are done to those", () => {
    const some = press(acked, "g", "v", "G", "v");
    expect(sent(press(some, "a", "enter"))).toEqual([{ name: "alert.ack", args: { ids: ["a2", "a3"] } }]);
    expect(sent(press(some, "U"))).toEqual([{ name: "alert.unack", args: { ids: ["a1"] } }]);
  });
  test("of hosts are done to their alerts", () => {
    expect(sent(press(base, "2", "space", "space", "R", "enter"))).toEqual([
      { name: "alert.resolve", args: { ids: ["a2", "a1"] } },
    ]);
  });
  test("that nothing fits say why", () =>
    expect(press(marked, "U").toast?.text).toBe("each of them isn't acknowledged"));
});

describe("a silence", () => {
  const quiet = press(base, "s", ..."3h", "space", ..."known", "enter");
  const id = quiet.acts[0]?.args as { id: string };
  test("of what is selected is there at once under a name that can be taken back", () => {
    expect(sent(quiet)).toEqual([
      { name: "silence.add", args: { id: id.id, hosts: ["web01"], durationMs: 3 * HOUR, comment: "known" } },
    ]);
    expect(id.id).toMatch(/^web01-\d{4}$/);
    expect(quiet.entities.silence.get(id.id)).toMatchObject({ hosts: ["web01"], to: noon + 3 * HOUR });
    expect(sent(press(quiet, "u")).at(-1)).toEqual({ name: "silence.remove", args: { id: id.id } });
    expect(press(quiet, "u").entities.silence.has(id.id)).toBe(false);
  });
  test("never takes the name of one that is there", () => {
    const second = press(quiet, "s", "enter");
    expect(second.acts[1]?.args).toMatchObject({ id: `${id.id}-2` });
  });
  test("of an alert without a host is of all such alerts, and says so", () => {
    const asked = press(base, "G", "s");
    expect(asking(asked)).toBe("Silence type space for:");
    expect(sent(press(asked, "enter"))).toMatchObject([{ args: { types: ["space"], durationMs: 2 * HOUR } }]);
    expect(press(base, "space", "G", "space", "s").toast?.text).toContain("mark fewer");
  });
  test("of anything is said in full on its screen", () => {
    const made = press(type(press(base, "7", "+"), "tag:prod severity:info 1h"), "enter");
    expect(sent(made)).toMatchObject([{ name: "silence.add", args: { tags: ["prod"], severities: ["info"] } }]);
    expect(asking(press(type(press(base, "7", "+"), "host:gone 1h"), "enter"))).toBe("there is no host gone:");
  });
  test("is ended after a question, each of the marked ones, and not by n", () => {
    const both = press(base, "7", "space", "space", "D");
    expect(asking(both)).toBe("End 2 silences? What still fires is told.");
    expect(sent(press(both, "n"))).toEqual([]);
    const ended = press(both, "y");
    expect(sent(ended).map(({ args }) => args)).toEqual([{ id: "s4" }, { id: "s5" }]);
    expect([...ended.entities.silence.keys()]).toEqual([]);
    expect(answer(ended, refuse("not_found", "there is no silence s4")).entities.silence.size).toBe(2);
  });
});

describe("a maintenance", () => {
  const once = { kind: "once" as const, scope: { hosts: ["web01"] }, ...spans };
  const at7 = press(told(base, entity("maintenance", "m7", once)), "7", "tab");
  const there = fetched(at7, maintenanceNeed(at7), {
    items: [{ id: "m7", state: "active", hosts: ["web01"], ...spans }],
  });

  test("is planned by a line, and waits until it can't be taken back", () => {
    const made = press(type(press(there, "+"), "all 2h upgrade"), "enter");
    expect(sent(made)).toEqual([
      {
        name: "maintenance.add",
        args: { hosts: undefined, tags: undefined, all: true, durationMs: 2 * HOUR, comment: "upgrade" },
      },
    ]);
    expect(made.acts[0]?.sendAt).toBe(noon + 5_000);
    expect(asking(press(type(press(there, "+"), "type:logs 2h"), "enter"))).toContain("type can't be used here");
  });
  test("that is on is ended after a question, and shown so", () => {
    const ended = press(there, "x", "y");
    expect(sent(ended)).toEqual([{ name: "maintenance.end", args: { id: "m7" } }]);
    expect(ended.entities.maintenance.get("m7")).toMatchObject({ endedAt: noon });
    expect(press(answer(ended), "x").toast?.text).toBe("it isn't on now; D takes it off the list");
  });
  test("is taken off the list after a question", () => {
    const gone = press(there, "D", "y");
    expect(sent(gone)).toEqual([{ name: "maintenance.remove", args: { id: "m7" } }]);
    expect(gone.entities.maintenance.size).toBe(0);
  });
});

describe("probes and jobs", () => {
  const probes = press(base, "5", "tab");
  test("x runs a probe now", () =>
    expect(sent(press(probes, "x"))).toMatchObject([{ name: "probe.run", args: { id: "shop" } }]));
  test("P pauses what runs, lets run what is paused, and u does the contrary", () => {
    const done = press(probes, "P");
    expect(sent(done)).toEqual([{ name: "probe.pause", args: { ids: ["shop"] } }]);
    expect(done.entities.probe.get("shop")?.paused).toBe(true);
    expect(sent(press(done, "u")).at(-1)).toEqual({ name: "probe.resume", args: { ids: ["shop"] } });
    expect(sent(press(probes, "j", "P"))).toEqual([{ name: "probe.resume", args: { ids: ["mail"] } }]);
    expect(sent(press(probes, "space", "space", "P"))).toEqual([{ name: "probe.pause", args: { ids: ["shop"] } }]);
  });
  test("x runs a job that can be run by hand, and no other", () => {
    const jobs = press(withHealth(base), "6");
    expect(sent(press(jobs, "x"))).toEqual([{ name: "job.run", args: { name: "backup" } }]);
    expect(press(jobs, "j", "x").toast?.text).toContain("it runs by itself only");
  });
});
