import { beforeEach, describe, expect, test } from "vitest";
import type { Beat, HostState, Status } from "../../../shared/model.ts";
import { DAY, MINUTE } from "../../../shared/time.ts";
import type { Change } from "../state.ts";
import { type Day, emptyDay, endOf, following, rollUp } from "./host-day.ts";
import { quantile } from "./sketch.ts";

let day: Day;
let rev: number;
beforeEach(() => {
  day = emptyDay(1);
  rev = 0;
});
const roll = (at: number, ...changes: Change[]): void => rollUp(day, { rev: ++rev, at, by: "web01", changes });
const host = () => day.hosts.get("web01");
const beat = (at: number, more: Partial<Beat> = {}): Change => ({
  kind: "beat",
  id: "web01",
  value: { at, dueAt: at + MINUTE, status: "ok", ...more },
});
const status = (state: HostState, reason = ""): Change => ({
  kind: "status",
  id: "web01",
  value: { state, since: 0, reason } satisfies Status,
});
const record = (record: object): Change => ({ kind: "beat", id: "web01", record: { ...record } });
const gap = (id: string, from: number, to: number): Change => ({
  kind: "gap",
  id,
  value: { from, to, cause: "downtime" },
});

describe("heartbeats", () => {
  test("are counted with their intervals and durations; a new deadline of an old one is none", () => {
    roll(DAY, beat(DAY, { durationMs: 40 }));
    roll(DAY + MINUTE, beat(DAY + MINUTE, { status: "fail" }));
    const again = [beat(DAY + MINUTE, { dueAt: 7 * DAY, status: "fail" })];
    rollUp(day, { rev: ++rev, at: DAY + MINUTE, by: "system", changes: again });
    rollUp(day, { rev: ++rev, at: DAY + MINUTE, by: "ann", via: { command: "host.update" }, changes: again });
    roll(DAY + 2 * MINUTE, beat(DAY + MINUTE, { dueAt: 9 * DAY, status: "fail" }));
    expect(host()).toMatchObject({ ok: 1, fail: 1, lastAt: DAY + MINUTE });
    expect(quantile(host()?.intervals ?? [], 0.5)).toBeCloseTo(MINUTE, -3);
    expect(quantile(host()?.durations ?? [], 0.5)).toBeCloseTo(40, 0);
  });
  test("of one millisecond all count", () => {
    roll(DAY, beat(DAY, { metrics: { load1: 1 } }));
    roll(DAY, beat(DAY, { metrics: { load1: 3 } }));
    roll(DAY, beat(DAY, { status: "fail" }));
    expect(host()).toMatchObject({ ok: 2, fail: 1, metrics: { load1: [2, 1, 3, 4] } });
  });
  test("that only history keeps are counted by what they say, a start with its run", () => {
    const run = { host: "web01", rid: "-", startedAt: DAY, dueAt: 2 * DAY };
    roll(DAY, { kind: "run", id: "web01:-", value: run }, record({ status: "start" }));
    roll(DAY + 1, { kind: "run", id: "web01:-", value: { ...run, overdue: true } });
    roll(DAY, { kind: "run", id: "web01:-", value: { ...run, overdue: true } });
    roll(DAY + 2, { kind: "run", id: "web01:-", removed: true });
    roll(DAY + 3, record({ status: "log", metrics: { load1: 2 } }));
    roll(DAY + 4, record({ status: "start", buffered: true }));
    roll(DAY + 5, record({ status: "ok", buffered: true, metrics: { load1: -1, constructor: 3 } }));
    expect(host()).toMatchObject({ ok: 1, start: 2, log: 1, intervals: [] });
    expect(host()?.metrics).toEqual({ load1: [2, -1, 2, 1], constructor: [1, 3, 3, 3] });
  });
  test("between which the monitor or the host's hours were away have no interval", () => {
    roll(DAY, beat(DAY));
    roll(DAY + MINUTE, gap("g2", DAY + 1, DAY + MINUTE));
    roll(DAY + MINUTE + 1, gap("g2", 1, 2));
    roll(DAY + MINUTE + 2, { kind: "gap", id: "g2", removed: true });
    roll(DAY + 2 * MINUTE, beat(DAY + 2 * MINUTE));
    roll(DAY + 3 * MINUTE, status("off-hours"));
    roll(DAY + 4 * MINUTE, beat(DAY + 4 * MINUTE));
    roll(DAY + 4 * MINUTE, status("paused"));
    roll(DAY + 5 * MINUTE, beat(DAY + 5 * MINUTE));
    expect(host()).toMatchObject({ ok: 4, intervals: [] });
    expect([day.gaps.length, day.gapTo]).toEqual([1, DAY + MINUTE]);
  });
  test("of other things there are none", () => {
    roll(DAY, { kind: "beat", id: "web01", removed: true }, { kind: "host", id: "web01", removed: true });
    expect(host()).toBeUndefined();
  });
});

describe("states", () => {
  test("are kept as they change, with the reason; the same one again is none", () => {
    roll(DAY, status("new", "no heartbeat yet"));
    roll(DAY + 1, status("up", "first heartbeat"));
    roll(DAY + 2, status("up", "another reason"));
    expect(host()?.changes).toEqual([
      { at: DAY, state: "new", reason: "no heartbeat yet" },
      { at: DAY + 1, state: "up", reason: "first heartbeat" },
    ]);
  });
  test("go on into the next day, but for those of hosts that were removed", () => {
    roll(DAY, status("up"), beat(DAY), gap("g1", DAY - 9, DAY));
    roll(DAY + 1, { ...status("down"), id: "db01" });
    roll(DAY + 2, { kind: "status", id: "db01", removed: true });
    const next = following(day, 3);
    expect([...next.hosts.keys()]).toEqual(["web01"]);
    expect(next).toMatchObject({ day: 3, gaps: [], gapTo: DAY });
    expect(next.hosts.get("web01")).toMatchObject({ began: { state: "up" }, changes: [], ok: 0, lastAt: DAY });
    day = next;
    roll(DAY + MINUTE, beat(DAY + MINUTE));
    expect(host()?.intervals).toHaveLength(2);
    expect(host() && endOf(host() as never)).toMatchObject({ state: "up" });
  });
});
