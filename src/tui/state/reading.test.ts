import { describe, expect, test } from "vitest";
import {
  aConsole,
  aList,
  detailOf,
  entity,
  fetched,
  hostIn,
  noon,
  press,
  rowsOf,
  type as typed,
} from "../../../tests/support/console-state.ts";
import type { Analysis, Finding } from "../../shared/model.ts";
import { MINUTE } from "../../shared/time.ts";
import type { need } from "./needs.ts";
import { analysisId, isOutdated, readingNeeds } from "./reading.ts";
import { reduce } from "./reduce.ts";
import { screens } from "./screens.ts";
import type { ConsoleState } from "./state.ts";

const nameAt = (at: number, host = "web01"): string =>
  `${new Date(at)
    .toISOString()
    .replace(/[-:.Z]/g, "")
    .toLowerCase()}-${host}`;
const anAnalysis = (at: number, given: Partial<Analysis> = {}): Analysis => ({
  host: "web01",
  at,
  tookMs: 40,
  trigger: "schedule",
  sources: [],
  lines: 1_000,
  sent: 0,
  redactions: 0,
  templates: 3,
  newTemplates: 1,
  findings: { critical: 0, warning: 2, info: 1 },
  ...given,
});
const aFinding = (id: string, given: Partial<Finding> = {}) =>
  entity("finding", id, {
    host: "web01",
    analysis: nameAt(noon - MINUTE),
    state: "open",
    origin: "local",
    key: id,
    rule: "brute-force",
    severity: "warning",
    score: 50,
    title: `Brute force ${id}`,
    why: "12 failed log-ins",
    count: 12,
    evidence: [1],
    templates: [],
    firstSeenAt: noon - 60 * MINUTE,
    lastSeenAt: noon - MINUTE,
    seen: 2,
    ...given,
  });
const analysisOf = (at: number, given: Partial<Analysis> = {}) =>
  entity("analysis", nameAt(at, given.host), anAnalysis(at, given));

const base = aConsole(
  [
    ...hostIn("web01", "up"),
    ...hostIn("db01", "up"),
    analysisOf(noon - MINUTE),
    analysisOf(noon - 5 * MINUTE, { host: "db01", findings: { critical: 0, warning: 0, info: 0 } }),
    aFinding("f1"),
    aFinding("f2", { severity: "critical", title: "Log-in after failures" }),
    aFinding("f3", { state: "cleared" }),
  ],
  { columns: 160, rows: 40 },
);
const logs = press(base, "4");

describe("the logs' screen", () => {
  test("shows what hasn't passed, the gravest first, and each look, the newest first", () => {
    expect(rowsOf(logs, "findings").map(({ text }) => text)).toEqual([
      "C | web01 | 1m | 12 | Log-in after failures | 12 failed log-ins",
      "W | web01 | 1m | 12 | Brute force f1 | 12 failed log-ins",
    ]);
    expect(rowsOf(logs, "analyses").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^W \| \S+ \| web01 \| 2W 1I \| 1,000 \| 1 \| 40ms$/) as string,
      expect.stringMatching(/^\S+ \| db01 \| 1,000 \| 1 \| 40ms$/) as string,
    ]);
    expect(detailOf(press(logs, "tab"))).toContain("2W 1I; Enter reads them");
  });
  test("has the looks before the last, once the daemon has told them", () => {
    const [wanted] = screens.logs.needs?.(logs) ?? [];
    if (!wanted) throw new Error("nothing is wanted");
    const before = { id: nameAt(noon - 31 * MINUTE), ...anAnalysis(noon - 31 * MINUTE) };
    const state = fetched(logs, wanted as ReturnType<typeof need<"logs.list">>, { items: [before] });
    expect(rowsOf(state, "analyses").map(({ id }) => id)).toEqual([
      nameAt(noon - MINUTE),
      nameAt(noon - 5 * MINUTE, "db01"),
      before.id,
    ]);
  });
  test("is filtered by host and rule, and sorted", () => {
    const only = press(typed(press(logs, "tab", "/"), "db"), "enter");
    expect(rowsOf(only, "analyses")).toHaveLength(1);
    expect(rowsOf(press(logs, ">", ">"), "findings")).toHaveLength(2);
  });
  test("Enter opens a look, or a finding at its lines; Esc goes back", () => {
    const look = press(logs, "tab", "j", "enter");
    expect([look.place.screen, look.viewer?.id]).toEqual(["analysis", nameAt(noon - 5 * MINUTE, "db01")]);
    expect(press(look, "escape").place).toMatchObject({ screen: "logs", pane: "analyses" });
    const finding = press(logs, "j", "enter");
    expect(finding.viewer).toMatchObject({ id: nameAt(noon - MINUTE), finding: "f1" });
    expect(press(base, "2", "0").toast?.text).toBe("select an analysis first");
    expect(press(look, "2", "0").viewer?.id).toBe(look.viewer?.id);
  });
});

describe("following a host's logs", () => {
  const latest = press(base, "2", "j", "L", "f");
  const newest = analysisOf(noon + MINUTE);
  const after = (state: ConsoleState): ConsoleState =>
    reduce(state, { type: "changes", lists: [aList([newest], { rev: 2 })] });
  test("opens its last look, and each that follows, the way the one before was read", () => {
    const host = latest.place.subject;
    expect([host, analysisId(latest)]).toEqual(["latest:web01", nameAt(noon - MINUTE)]);
    const next = after(press(latest, "h", "w"));
    expect(next.viewer).toMatchObject({ id: nameAt(noon + MINUTE), nth: 2, isFolding: true, isWrapping: true });
    expect(next.viewer?.lines).toEqual([]);
  });
  test("is asked for: who reads one stays with it, and is told that there is another", () => {
    const one = press(base, "2", "j", "L");
    expect(one.place.subject).toBe(nameAt(noon - MINUTE));
    expect(after(one).viewer?.id).toBe(nameAt(noon - MINUTE));
    expect([isOutdated(one), isOutdated(after(one)), isOutdated(press(after(one), "f"))]).toEqual([false, true, false]);
    expect(after(press(one, "A")).viewer?.id).toBe(nameAt(noon + MINUTE));
  });
  test("f stays with the one that is shown, and follows again", () => {
    const staying = press(latest, "f");
    expect(staying.toast?.text).toContain("staying with");
    expect(after(staying).viewer?.id).toBe(nameAt(noon - MINUTE));
    expect(press(after(staying), "f").viewer?.id).toBe(nameAt(noon + MINUTE));
  });
});

describe("what is asked of the daemon", () => {
  const items = Array.from({ length: 1_000 }, (_, i) => ({ line: i + 1, text: `line ${i + 1}` }));
  const state = press(base, "2", "j", "L");
  const lines = (from: ConsoleState) => readingNeeds(from).find(({ name }) => name === "logs.lines");
  function page(before: ConsoleState, next?: number): ConsoleState {
    const wanted = lines(before);
    if (!wanted) throw new Error("no lines are wanted");
    const { from } = wanted.args as { from: number };
    const answer = { items: items.map(({ text, line }) => ({ text, line: line + from - 1 })), total: 3_000 };
    return fetched(before, wanted as ReturnType<typeof need<"logs.lines">>, { ...answer, ...(next ? { next } : {}) });
  }
  test("is the first page, and the next as the reader nears it; ten times as much at once for who waits for it", () => {
    expect(lines(state)?.args).toEqual({ id: state.viewer?.id, from: 1, limit: 1_000, all: false });
    const one = page(state, 1_001);
    expect(lines(one)).toBeUndefined();
    expect(one.viewer?.lines).toHaveLength(1_000);
    expect(lines(press(one, "G"))?.args).toMatchObject({ from: 1_001, limit: 10_000 });
    const two = page(press(one, "G"), 2_001);
    expect(two.viewer).toMatchObject({ seek: { kind: "end" }, next: 2_001 });
    const all = page(two);
    expect([all.viewer?.cursor, all.viewer?.seek, lines(all)]).toEqual([3_000, undefined, undefined]);
  });
  test("ends where the daemon has no more of it", () => {
    const one = press(page(state, 1_001), "G");
    const key = lines(one)?.key ?? "";
    const refusal = { ok: false, code: "conflict", message: "only those that it cites" } as const;
    const ended = reduce(one, { type: "fetched", key, fetched: refusal });
    expect([lines(ended), ended.viewer?.seek, ended.toast?.text]).toEqual([
      undefined,
      undefined,
      "no more lines: only those that it cites",
    ]);
    const later = reduce(one, { type: "fetched", key, fetched: { ...refusal, code: "unavailable" } });
    expect(lines(later)?.key).toBe(key);
  });
  test("isn't kept twice", () => {
    expect([...page(state, 1_001).fetched.keys()].filter((key) => key.startsWith("logs.lines"))).toEqual([]);
  });
  test("is asked anew for what is opened again", () => {
    const again = press(page(state), "l", "l");
    expect(lines(again)).toMatchObject({ key: lines(state)?.key, basis: 3 });
    expect(page(again).viewer?.lines).toHaveLength(1_000);
  });
});
