import { describe, expect, test } from "vitest";
import { aList, anAlert, entity, hostIn, noon } from "../../../tests/support/console-state.ts";
import type { WatchedEntity } from "../../shared/client/socket.ts";
import { refuse } from "../../shared/errors.ts";
import { HOUR, MINUTE } from "../../shared/time.ts";
import { applyChanges, noEntities } from "../state/entities.ts";
import { createPrompt } from "./prompt.ts";
import { nothingListed } from "./session.ts";
import type { Session } from "./session.ts";

const fleet = [
  ...hostIn("db01", "up", { tags: ["prod"] }),
  ...hostIn("web01", "down"),
  ...hostIn("web02", "up", { name: "Second web server" }),
  entity("alert", "a1", anAlert()),
  entity("alert", "a2", anAlert({ host: "db01", title: "db01 is slow", severity: "warning", reason: "12 s" })),
  entity("alert", "a3", anAlert({ state: "resolved", resolvedAt: noon, title: "web02 was down" })),
];

/** A prompt on a daemon that answers with what it is given for each command; what it was asked is kept. */
function setUp(answers: Record<string, unknown> = {}, entities: WatchedEntity[] = fleet) {
  const asked: [name: string, args: unknown][] = [];
  const said: string[] = [];
  const held = { on: false };
  const ask = (name: string, args: unknown) => {
    asked.push([name, args]);
    const value = answers[name];
    return Promise.resolve(value === undefined ? refuse("not_found", `there is no ${name}`) : { ok: true, value });
  };
  const session: Session = {
    entities: () => applyChanges(noEntities, [aList(entities)]),
    now: () => noon,
    ask: ask as Session["ask"],
    listed: nothingListed(),
  };
  const prompt = createPrompt({
    session,
    say: (line) => void said.push(line),
    follow: (on) => ((held.on = !on), 3),
    other: (words) => Promise.resolve(`ran ${words.join("|")}`),
    quit: () => void said.push("(quit)"),
  });
  const type = async (...lines: string[]): Promise<string[]> => {
    for (const line of lines) await prompt(line);
    return said.splice(0);
  };
  return { type, asked, held };
}

describe("lists", () => {
  test("hosts are numbered, those in trouble first, each in a sentence", async () => {
    expect(await setUp().type("hosts")).toEqual([
      "3 hosts.",
      "1. web01, down for 10m: down for a reason.",
      "2. db01, up for 10m: up for a reason. Tags: prod.",
      "3. web02 (Second web server), up for 10m: up for a reason.",
    ]);
  });

  test("a filter takes words, and says so when nothing matches", async () => {
    const { type } = setUp();
    expect((await type("hosts web")).length).toBe(3);
    expect(await type("hosts nothing")).toEqual(["No host matches nothing; `hosts` alone lists all."]);
    expect(await setUp({}, []).type("hosts")).toEqual([
      "There is no host yet: `sentinel host add web01 --every 5m` adds one.",
    ]);
  });

  test("open alerts are numbered, the worst first; all of them if that is asked for", async () => {
    const { type } = setUp();
    expect(await type("alerts")).toEqual([
      "2 alerts.",
      "1. Critical, firing: web01 is down. No heartbeat for 7m 12s, due every 5m, grace 2m. Raised 5m ago. Id a1.",
      "2. Warning, firing: db01 is slow. 12 s. Raised 5m ago. Id a2.",
    ]);
    expect((await type("alerts all"))[0]).toBe("3 alerts.");
    expect(await setUp({}, []).type("alerts")).toEqual(["No alert is open."]);
  });

  test("a long answer comes twenty lines at a time", async () => {
    const many = Array.from({ length: 30 }, (_, index) => hostIn(`h${index + 10}`, "up")).flat();
    const { type } = setUp({}, many);
    const first = await type("hosts");
    expect([first.length, first.at(-1)]).toEqual([21, "11 more: type `more`."]);
    expect((await type("more")).length).toBe(11);
    expect(await type("more")).toEqual(["There is no more."]);
  });
});

describe("acting", () => {
  const items = [{ ...anAlert(), id: "a1" }];

  test.each([
    ["ack 1 on it", "alert.ack", { ids: ["a1"], comment: "on it" }],
    ["ack a2", "alert.ack", { ids: ["a2"] }],
    ["ack 1-2,a2 both", "alert.ack", { ids: ["a1", "a2"], comment: "both" }],
    ["unack 1", "alert.unack", { ids: ["a1"] }],
    ["comment 1 disk ordered", "alert.comment", { ids: ["a1"], comment: "disk ordered" }],
    ["snooze 1 2h", "alert.snooze", { ids: ["a1"], durationMs: 120 * MINUTE }],
    ["SNOOZE 1 30m lunch", "alert.snooze", { ids: ["a1"], durationMs: 30 * MINUTE, comment: "lunch" }],
  ])("%s", async (line, name, args) => {
    const { type, asked } = setUp({ [name]: { items } });
    const said = await type("alerts", line);
    expect(asked).toEqual([[name, args]]);
    expect(said.at(-1)).toMatch(/^(Acknowledged|Firing again|Noted|Snoozed): web01 is down, a1\.$/);
  });

  test.each([
    ["pause 1 new disk", "host.pause", { ids: ["web01"], comment: "new disk" }, "Paused: web01."],
    ["resume web01,2", "host.resume", { ids: ["web01", "db01"] }, "Watched again: web01."],
  ])("%s", async (line, name, args, answer) => {
    const { type, asked } = setUp({ [name]: { items: [{ id: "web01" }] } });
    expect((await type("hosts", line)).at(-1)).toBe(answer);
    expect(asked).toEqual([[name, args]]);
  });

  test("a silence is made, listed and ended", async () => {
    const one = { id: "s4", state: "active", hosts: ["web01"], to: noon + 90 * MINUTE, comment: "known" };
    const { type, asked } = setUp({
      "silence.add": one,
      "silence.list": { items: [one] },
      "silence.remove": { removed: "s4" },
    });
    expect(await type("silence web01 90m known", "silences", "unsilence s4")).toEqual([
      "Nobody is told of web01 for 1h 30m. `unsilence s4` ends that.",
      "s4, active: web01, for 1h 30m more: known.",
      "Ended: s4.",
    ]);
    expect(asked[0]).toEqual(["silence.add", { hosts: ["web01"], durationMs: 90 * MINUTE, comment: "known" }]);
  });

  test("resolving asks first: only yes does it", async () => {
    const { type, asked } = setUp({ "alert.resolve": { items } });
    expect(await type("resolve a1 gone")).toEqual([
      "Resolve 1 alert, a1? Whoever was told is told of it. Type yes, or anything else to leave it.",
    ]);
    expect(await type("no")).toEqual(["Left as it is."]);
    expect(asked).toEqual([]);
    await type("resolve a1 gone", "yes");
    expect(asked).toEqual([["alert.resolve", { ids: ["a1"], comment: "gone" }]]);
  });

  test.each([
    ["ack", "Say which alert, by its id or by its number: `alerts` numbers them."],
    ["ack 7", "There is no number 7: `alerts` numbers them."],
    ["ack 1-9", "There is no number 1-9: `alerts` numbers them."],
    ["ack a99", "There is no alert a99: `alerts` numbers them."],
    ["pause nowhere", "There is no host nowhere: `hosts` numbers them."],
    ["snooze a1", "Say for how long: write 30m, 2h or 1d."],
    ["snooze a1 soon", '"soon" is no span of time: write 30m, 2h or 1d.'],
    ["silence web01 soon", '"soon" is no span of time: write 30m, 2h or 1d.'],
    ["comment a1", "Say what to note."],
    ["unsilence", "Say which silence, by its id: `silences` lists them."],
    ["lines 1", "Say which finding, by its number: `logs HOST` numbers them."],
    ["ack a1", "That was refused: There is no alert.ack."],
    ["frobnicate", "There is no command frobnicate: `help` lists all."],
  ])("%s: %s", async (line, answer) => expect(await setUp().type(line)).toEqual([answer]));
});

test("a host and its logs are told in sentences, with the lines that a finding cites", async () => {
  const at = noon - MINUTE;
  const finding = { severity: "warning", title: "disk errors", why: "3 lines say so", evidence: [4, 6] };
  const { type } = setUp({
    "host.show": {
      id: "web01",
      name: "web01",
      state: "down",
      since: noon - 5 * MINUTE,
      reason: "no heartbeat",
      tags: [],
      expected: "every 5m",
      graceMs: 2 * MINUTE,
      dueAt: at,
      beat: { at, status: "ok", metrics: { load1: 0.514 } },
      notes: "The shop.\n\nCall Ada",
      runs: [
        { rid: "r1", startedAt: at, dueAt: at + HOUR },
        { rid: "-", startedAt: at, dueAt: at },
      ],
    },
    "logs.list": { items: [{ id: "x" }] },
    "logs.show": { at, lines: 40, redactions: 2, found: [finding] },
    "logs.lines": { items: [4, 5, 6].map((line) => ({ line, text: `text ${line}` })) },
  });
  expect(await type("show web01")).toEqual([
    "web01 is down: no heartbeat.",
    "It has been so for 5m.",
    "Expected every 5m, with 2m grace.",
    "Last heartbeat 1m ago: ok.",
    "The run r1 began 1m ago and may take 1h.",
    "A run began 1m ago and may take 1s.",
    "Metrics: load1 0.51.",
    "The shop.",
    "Call Ada",
  ]);
  expect(await type("logs web01", "lines 1")).toEqual([
    "Logs read 1m ago: 40 lines, 1 finding, 2 redacted. No model was asked.",
    "1. Warning: Disk errors. 3 lines say so. 2 lines cited.",
    "`lines 1` reads the lines that the first one cites.",
    "Line 4: text 4",
    "Line 6: text 6",
  ]);
});

test("what happens can be held back for a while; a line of sentinel is run; the help is searched", async () => {
  const { type, held } = setUp();
  await type("quiet");
  expect(held.on).toBe(true);
  expect(await type("follow")).toEqual(["What happens is said as it does. 3 lines were held back."]);
  expect(await type('sentinel host add web03 --name "Third one"')).toEqual(["ran host|add|web03|--name|Third one"]);
  expect(await type("help snooze")).toEqual(["snooze ALERTS SPAN [COMMENT]: leave alerts be for a time."]);
  expect(await type("help nonsense")).toEqual(["Nothing is called nonsense: `help` lists all commands."]);
  expect((await type("help", "more")).join("\n")).toContain("ids or numbers of the last list");
  expect(await type("", "quit")).toEqual(["(quit)"]);
});
