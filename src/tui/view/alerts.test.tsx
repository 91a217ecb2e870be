import { renderToString } from "ink";
import { describe, expect, test } from "vitest";
import {
  aConsole,
  aHealthView,
  anAlert,
  entity,
  fetched,
  hostIn,
  lineIn,
  noon,
  press,
  probeIn,
  rowsOf,
  selectedId,
  withHealth,
  withLine,
} from "../../../tests/support/console-state.ts";
import type { Result } from "../../shared/api/registry.ts";
import type { WatchedEntity } from "../../shared/client/socket.ts";
import { refuse } from "../../shared/errors.ts";
import type { Finding } from "../../shared/model.ts";
import { HOUR, MINUTE } from "../../shared/time.ts";
import { reduce } from "../state/reduce.ts";
import type { ConsoleState } from "../state/state.ts";
import { deliveriesNeed } from "../state/tables/deliveries.ts";
import { maintenanceNeed } from "../state/tables/maintenance.ts";
import { App } from "./App.tsx";

// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g;
const draw = (state: ConsoleState): string[] =>
  renderToString(<App state={state} theme={{ color: false }} />, { columns: state.size.columns })
    .replace(sgr, "")
    .split("\n");
const text = (state: ConsoleState): string => draw(state).join("\n");
const sizes = [
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 160, rows: 50 },
];

const aFinding = (values: Partial<Finding> = {}): Finding => ({
  host: "db01",
  analysis: "l7",
  state: "open",
  origin: "model",
  key: "oom",
  rule: "oom",
  severity: "critical",
  score: 9,
  title: "out of memory",
  why: "the kernel killed postgres",
  source: "syslog",
  count: 3,
  evidence: [1],
  templates: [],
  explanation: "the cache is too large",
  recommendation: "halve shared_buffers",
  firstSeenAt: noon - HOUR,
  lastSeenAt: noon - MINUTE,
  seen: 2,
  ...values,
});
const span = { from: noon - HOUR, to: noon + HOUR, comment: "known", by: "ada", createdAt: noon - HOUR };
const channel = { type: "discord", options: {}, edits: true, createdAt: noon };
const all: WatchedEntity[] = [
  ...hostIn("web01", "down"),
  ...hostIn("db01", "late"),
  ...Array.from({ length: 30 }, (_, i) => hostIn(`h${i + 10}`, "up")).flat(),
  ...probeIn("shop", "warning"),
  ...probeIn("mail", "warning"),
  lineIn("slow"),
  entity(
    "alert",
    "a1",
    anAlert({
      count: 3,
      state: "acknowledged",
      ackedBy: "ada",
      ackedAt: noon - MINUTE,
      ackedUntil: noon + HOUR,
      comment: "on it",
      deeds: [
        { at: noon - 2 * MINUTE, by: "bob", did: "commented", comment: "not mine" },
        { at: noon - MINUTE, by: "ada", did: "acknowledged", comment: "on it" },
      ],
    }),
  ),
  entity(
    "alert",
    "a2",
    anAlert({ key: "logs:f1", type: "logs", host: "db01", title: "db01: out of memory", reason: "3 lines" }),
  ),
  entity(
    "alert",
    "a3",
    anAlert({
      key: "probe:mail",
      type: "probe",
      host: undefined,
      title: "mail is down",
      hiddenBy: "a1",
      heldBy: "web01 is down",
    }),
  ),
  entity("finding", "f1", aFinding()),
  entity("finding", "f2", aFinding({ title: "slow disk", severity: "warning" })),
  entity("finding", "f3", aFinding({ title: "chatter", severity: "info" })),
  entity("finding", "f4", aFinding({ title: "gone", state: "cleared" })),
  entity("channel", "ops", { ...channel, disabled: "Discord answered 404" }),
  entity("channel", "mail", channel),
  entity("silence", "s4", { hosts: ["db01"], ...span }),
  entity("silence", "s5", { tags: ["prod"], severities: ["warning"], ...span, from: noon - 9 * HOUR, to: noon - HOUR }),
  entity("silence", "s6", { types: ["logs"], ...span, from: noon + HOUR, to: noon + 2 * HOUR }),
  entity("maintenance", "m7", { kind: "once", scope: { hosts: ["web01"] }, ...span }),
];
const at = (size: (typeof sizes)[number]): ConsoleState => withHealth(withLine(aConsole(all, size)));

describe.each(sizes)("at $columns×$rows", (size) => {
  const state = at(size);
  const q = press(state, "7");
  const detail = press(state, "3", "enter");
  test.each([
    ["the overview", state],
    ["an alert", detail],
    ["silences", fetched(q, maintenanceNeed(q), { items: [{ id: "m7", state: "active", hosts: ["web01"], ...span }] })],
  ])("%s is never larger, offers the help, and is ASCII without UTF-8", (_name, shown) => {
    const lines = draw(shown);
    expect(lines.length).toBeLessThanOrEqual(size.rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(size.columns);
    expect(lines.at(-1)).toContain("? help");
    expect(text({ ...shown, unicode: false })).toMatch(/^[\n\u0020-\u007e]*$/);
  });
});

describe("the overview", () => {
  const wide = at({ columns: 160, rows: 50 });
  test("shows counts, the line with its last day, and what needs a person, the gravest first", () => {
    const lines = draw(wide);
    expect(lines[1]).toMatch(/^ 1 down +▇* +1 late +▇* +30 up ▇{20,}/);
    expect(lines[2]).toContain("line slow for 5m: it is slow");
    expect(lines[3]).toMatch(/^ last 24h ·+LL? *$/);
    expect(rowsOf(wide).map(({ text: row }) => row.replace(/ \| \d+[mh]\b/, "").replace(/\d\d:\d\d/, "T"))).toEqual([
      "C | FIRING | db01 | out of memory: 3 lines",
      "C | acked | web01 | +1 behind it; acked until T; no heartbeat for 7m 12s, due every 5m, grace 2m",
      "C | BROKEN | ops | nobody is told through it: Discord answered 404",
      "W | DEGRADED | sentinel | store: the disk is full",
      "W | LATE | db01 | late for a reason",
      "W | WARN | shop | probe shop: TCP shop:443: refused",
      "W | FINDING | db01 | log: slow disk",
    ]);
  });
  test("doesn't say twice what an alert or another row says already", () => {
    const components = {
      notify: { status: "degraded", detail: "ops is broken" },
      line: { status: "degraded", detail: "it is slow" },
    } as const;
    const said = withHealth(wide, { ...aHealthView(), components: { ...aHealthView().components, ...components } });
    expect(rowsOf(said).filter(({ text: row }) => row.includes("DEGRADED")).length).toBe(1);
    const trouble = anAlert({ key: "channel:ops", type: "channel", host: undefined, title: "ops fails" });
    const told = aConsole([...all, entity("alert", "a9", trouble)]);
    expect(rowsOf(told).map(({ id }) => id)).not.toContain("channel:ops");
  });
  test("leads on to what a row is about", () => {
    const rows = rowsOf(wide).map(({ id }) => id);
    const leads = rows.map((_, index) => {
      const { place, toast } = press(wide, ...Array.from({ length: index }, () => "j"), "enter");
      return place.screen === "overview" ? toast?.text : [place.screen, place.subject];
    });
    const nothing = "there is nothing more to see of it";
    expect(leads).toEqual([
      ["alert", "a2"],
      ["alert", "a1"],
      nothing,
      nothing,
      ["host", "db01"],
      ["line", undefined],
      ["analysis", "l7"],
    ]);
  });
  test("where nothing is wrong says so, and what to do next", () => {
    const empty = text(aConsole([]));
    expect(empty).toContain("Nothing needs you: no alert is open.");
    expect(empty).toContain("`sentinel channel add` makes one");
    expect(empty).toContain("sentinel host add web01 --every 5m");
  });
  test("can be filtered by state and words", () =>
    expect(rowsOf(press(wide, "/", ..."shop", "enter")).map(({ id }) => id)).toEqual(["probe:shop"]));
});

describe("an alert", () => {
  const open = (id: string, size = { columns: 80, rows: 24 }): ConsoleState => {
    const list = press(at(size), "3", "h", "g");
    const steps = rowsOf(list).findIndex((row) => row.id === id);
    return press(list, ...Array.from({ length: steps }, () => "j"), "enter");
  };
  const items: Result<"delivery.list">["items"] = [
    {
      id: "d9",
      channel: "ops",
      alert: "a1",
      event: "acknowledged",
      state: "pending",
      createdAt: noon - 30_000,
      attempts: 2,
      nextAt: noon + 30_000,
      error: "it timed out",
    },
    {
      id: "d1",
      channel: "ops",
      alert: "a1",
      event: "raised",
      state: "failed",
      createdAt: noon - 4 * MINUTE,
      attempts: 4,
      nextAt: noon,
      error: "Discord answered 404: Unknown Webhook",
    },
    {
      id: "d2",
      channel: "mail",
      alert: "a1",
      event: "raised",
      state: "sent",
      createdAt: noon - 4 * MINUTE,
      sentAt: noon - 3 * MINUTE,
      attempts: 1,
      nextAt: noon,
      digest: "g1",
    },
    {
      id: "d3",
      channel: "sms",
      alert: "a1",
      event: "reminder",
      state: "dropped",
      createdAt: noon - 2 * MINUTE,
      attempts: 0,
      nextAt: noon,
    },
  ];

  test("says why, since when, how often, who is on it, what it explains, how its host is, and what happened", () => {
    const said = text(open("a1"));
    expect(said).toMatch(/acked critical web01 is down/);
    expect(said).toMatch(/reason +no heartbeat for 7m 12s, due every 5m, grace 2m/);
    expect(said).toMatch(/since +\d\d:\d\d, 5m ago, 3 times, last at \d\d:\d\d/);
    expect(said).toMatch(/comment +"on it"/);
    expect(said).toMatch(/explains +mail is down \(a3\)/);
    expect(said).toMatch(/host +web01 down for 10m: down for a reason/);
    expect(said).toMatch(/acked +by ada at \d\d:\d\d, until \d\d:\d\d/);
    const history =
      /history +\d\d:\d\d {2}ada acknowledged: "on it"\n +\d\d:\d\d {2}bob commented: "not mine"\n +\d\d:\d\d {2}raised/;
    expect(text(open("a1", { columns: 80, rows: 40 }))).toMatch(history);
  });
  test("that is held says by what, and which one explains it", () => {
    const said = text(open("a3"));
    expect(said).toMatch(/held back +web01 is down/);
    expect(said).toMatch(/behind +web01 \(a1\)/);
    expect(press(open("a3"), "enter").toast?.text).toBe("it is about no host");
  });
  test("of a log shows its finding, and Enter leads to the log", () => {
    const log = open("a2");
    expect(text(log)).toMatch(/finding +out of memory \(oom in syslog\): the kernel killed postgres/);
    expect(text(log)).toMatch(/cause +the cache is too large\n to do +halve shared_buffers/);
    expect(press(log, "enter").place).toMatchObject({ screen: "analysis", subject: "l7" });
    expect(press(open("a1"), "enter").place).toMatchObject({ screen: "host", subject: "web01" });
  });
  test("that is over says since when and why; one that isn't there any more, where it is", () => {
    const over = { state: "resolved", resolvedAt: noon - MINUTE, resolution: "resolved by ada" } as const;
    const resolved = press(aConsole([entity("alert", "a1", anAlert(over))]), "3", "enter");
    expect(text(resolved)).toMatch(/over since \d\d:\d\d/);
    expect(text(resolved)).toMatch(/history +\d\d:\d\d {2}resolved: resolved by ada/);
    const deeds = [{ at: noon - MINUTE, by: "ada", did: "resolved" }];
    const once = press(aConsole([entity("alert", "a1", anAlert({ ...over, deeds }))]), "3", "enter");
    expect(text(once).match(/resolved/g)?.length).toBe(2);
    const gone = reduce(resolved, {
      type: "changes",
      lists: [
        { instance: "one", rev: 2, snapshot: false, upserts: [], removals: [{ kind: "alert", id: "a1", rev: 2 }] },
      ],
    });
    expect(text(gone)).toContain("`sentinel alert show a1` has it still");
  });
  test("shows whom it was told to and what became of that, a failure with its reason", () => {
    const state = open("a1", { columns: 160, rows: 50 });
    const told = fetched(state, deliveriesNeed(state), { items });
    expect(text(told)).toContain("Deliveries 4, 1 failed");
    expect(rowsOf(told, "deliveries").map(({ text: row }) => row.replace(/\d\d:\d\d/, "T"))).toEqual([
      "pending | ops | acknowledged | T | 2 | it timed out; tried again in 30s",
      "FAILED | ops | raised | T | 4 | Discord answered 404: Unknown Webhook",
      "sent | mail | raised | T | 1 | in a digest",
      "dropped | sms | reminder | T | 0 | over before it could be told",
    ]);
    const row = press(told, "tab", "j");
    expect(text(row)).toContain("d1 to ops failed, 4 tries: Discord");
    expect(press(row, "c", ..."hm", "enter").acts[0]?.args).toEqual({ ids: ["a1"], comment: "hm" });
  });
  test("says that nobody was told, and what was refused", () => {
    const state = open("a1");
    expect(text(state)).toContain("Asking the daemon");
    expect(text(fetched(state, deliveriesNeed(state), { items: [] }))).toContain("Nobody was told of it.");
    const refusal = refuse("unavailable", "the archive can't be read");
    const refused = reduce(state, { type: "fetched", key: deliveriesNeed(state).key, fetched: refusal });
    expect(text(refused)).toContain("the archive can't be read");
    const none = press(aConsole([entity("alert", "a1", anAlert())]), "3", "enter");
    expect(text(fetched(none, deliveriesNeed(none), { items: [] }))).toContain("there is no channel");
  });
});

describe("silences and maintenance", () => {
  const shown = press(at({ columns: 160, rows: 50 }), "7");
  const items: Result<"maintenance.list">["items"] = [
    { id: "m7", state: "active", hosts: ["web01"], ...span },
    {
      id: "m9",
      state: "planned",
      all: true,
      ...span,
      from: noon + 2 * HOUR,
      to: noon + 3 * HOUR,
      cron: "0 3 * * *",
      zone: "UTC",
      durationMs: HOUR,
    },
  ];
  test("say what they match, and when they end", () => {
    expect(rowsOf(shown).map(({ text: row }) => row.replace(/\d\d:\d\d/, "T"))).toEqual([
      "active | host db01 | ends T, in 1h | known | ada | s4",
      "planned | type logs | from T, in 1h | known | ada | s6",
      "over | tag prod, severity warning | ended T | known | ada | s5",
    ]);
    expect(text(shown)).toContain("Silences 1 of 3 active");
    expect(selectedId(press(shown, "/", ..."prod", "enter"))).toBe("s5");
  });
  test("of maintenance only what is still there is shown, as it was when it was asked", () => {
    const one = fetched(shown, maintenanceNeed(shown), { items });
    expect(rowsOf(one, "maintenance").map(({ id }) => id)).toEqual(["m7"]);
    const cron = {
      kind: "repeating",
      expression: "0 3 * * *",
      zone: "UTC",
      durationMs: HOUR,
      scope: { all: true },
      comment: "",
      by: "ada",
      createdAt: noon,
    } as const;
    const two = press(
      withHealth(aConsole([...all, entity("maintenance", "m9", cron)], { columns: 160, rows: 50 })),
      "7",
    );
    expect(rowsOf(fetched(two, maintenanceNeed(two), { items }), "maintenance").at(1)?.text).toMatch(
      /^planned \| all hosts \| from .*, in 2h; 0 3/,
    );
  });
  test("say what to do where there are none", () => {
    const none = text(press(aConsole([]), "7"));
    expect(none).toContain("No silences: every alert is told.");
    expect(none).toContain("No maintenance: all hosts are watched.");
    expect(none).toContain("+ makes one");
  });
});
