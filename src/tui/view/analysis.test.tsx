import { renderToString } from "ink";
import { describe, expect, test } from "vitest";
import { aConsole, entity, fetched, hostIn, noon, press, type as typed } from "../../../tests/support/console-state.ts";
import type { KeptFinding, KeptLine } from "../../shared/api/logs.ts";
import type { Analysis } from "../../shared/model.ts";
import { MINUTE } from "../../shared/time.ts";
import { need } from "../state/needs.ts";
import { readingNeeds } from "../state/reading.ts";
import type { ConsoleState } from "../state/state.ts";
import { App } from "./App.tsx";

const unicodeTheme = { color: false };
// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g;
const painted = (state: ConsoleState): string[] =>
  renderToString(<App state={state} theme={unicodeTheme} />, { columns: state.size.columns }).split("\n");
const draw = (state: ConsoleState): string[] => painted(state).map((line) => line.replace(sgr, ""));
const text = (state: ConsoleState): string => draw(state).join("\n");

const id = "20260105t110000000-web01";
const anAnalysis = (given: Partial<Analysis> = {}): Analysis => ({
  host: "web01",
  at: noon - MINUTE,
  tookMs: 120,
  trigger: "demand",
  sources: [{ id: "auth", lines: 352 }],
  lines: 352,
  sent: 12,
  redactions: 3,
  templates: 5,
  newTemplates: 2,
  findings: { critical: 1, warning: 1, info: 0 },
  model: { name: "small", tokensIn: 1_234, tokensOut: 210, cost: 0.0021 },
  ...given,
});
const found: KeptFinding[] = [
  {
    id: "f1",
    key: "k1",
    rule: "login-after-failures",
    origin: "local",
    severity: "critical",
    score: 95,
    title: "Log-in after 300 failures from 203.0.113.9",
    why: "300 failed log-ins, then one that worked",
    count: 301,
    evidence: [3, 5],
    templates: ["t1"],
    explanation: "Somebody guessed the password of root.",
    recommendation: "Lock the account.",
    quote: "Accepted password for root",
  },
  {
    id: "f2",
    key: "k2",
    rule: "new",
    origin: "model",
    severity: "warning",
    score: 40,
    title: "Something new",
    why: "The log says: nothing before",
    count: 1,
    evidence: [9],
    templates: [],
  },
];
const kept: KeptLine[] = Array.from({ length: 40 }, (_, i) => ({
  line: i + 1,
  text: i === 4 ? "web01 sshd[9]: Accepted password for root from 203.0.113.9" : `web01 app[1]: job ${i + 1} took 3 ms`,
  severity: i === 7 ? "err" : "info",
  template: i === 4 ? "t1" : "t2",
  at: noon - 40 * MINUTE + i * MINUTE,
}));

const size = (columns: number, rows: number) => ({ columns, rows });
/** The console on the analysis, as far as the daemon has answered. */
function reading(room = size(160, 50), lines = kept, given: Partial<Analysis> = {}): ConsoleState {
  const analysis = anAnalysis(given);
  const state = aConsole([...hostIn("web01", "up"), entity("analysis", id, analysis)], room);
  return answered(press(press(state, "2"), "L"), lines, analysis);
}
function answered(state: ConsoleState, lines: KeptLine[], analysis = anAnalysis(), findings = found): ConsoleState {
  const { viewer } = state;
  if (!viewer) throw new Error("nothing is read");
  const shown = fetched(state, need("logs.show", { id: viewer.id }, viewer.nth), {
    id: viewer.id,
    ...analysis,
    found: findings,
  });
  const wanted = readingNeeds(shown).find(({ name }) => name === "logs.lines");
  if (!wanted) throw new Error("no lines are wanted");
  return fetched(shown, wanted as ReturnType<typeof need<"logs.lines">>, { items: lines, total: lines.length });
}

describe("an analysis", () => {
  test.each([
    [60, 15],
    [80, 24],
    [120, 30],
    [160, 50],
  ])("is exactly as large as %i×%i, with lines and findings", (columns, rows) => {
    const lines = draw(reading(size(columns, rows)));
    expect(lines.length).toBe(rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    const all = lines.join("\n");
    for (const said of ["web01", "352 lines", "small: 12 records, 1,234+210 tokens, cost 0.0021"])
      expect(all).toContain(said);
    if (columns >= 80) expect(all).toContain("3 secrets hidden");
    expect(all).toMatch(/Lines cited and around, 40/);
    expect(all).toContain("▸C Log-in after 300 failures");
    // It goes to what the gravest finding cites by itself.
    expect(all).toMatch(/▸●I +3 web01 app/);
    expect(all).toMatch(/ ●I +5 web01 sshd\[9\]: Accepted/);
  });
  test("has findings beside its lines from 100 columns on, below that under them", () => {
    const isBeside = (columns: number): boolean =>
      draw(reading(size(columns, 24))).some((line) => line.includes("Lines") && line.includes("Findings"));
    expect([isBeside(99), isBeside(100)]).toEqual([false, true]);
  });
  test("says why it fired, what the model says of it, and which lines bear it out", () => {
    const all = text(reading()).replace(/\s+/g, " ");
    expect(all).toContain("Somebody guessed the password of");
    expect(all).toContain("Do: Lock the account.");
    expect(all).toContain("lines 3 5, of 301");
    const second = press(reading(), "]");
    expect(text(second)).toMatch(/▸W Something new/);
    expect(text(press(second, "enter"))).toMatch(/▸●I +9 web01/);
  });
  test("underlines the passage that was quoted, inside its line, and inverts hits", () => {
    const line = painted(reading()).find((one) => one.includes("sshd[9]"));
    expect(line).toContain("sshd[9]: \u001b[4mAccepted password for root\u001b[24m from 203");
    const searched = press(typed(press(reading(), "/"), "JOB 7"), "escape", "/");
    expect(painted(typed(searched, "job 7")).join()).toContain("\u001b[7mjob 7\u001b[27m took");
    const gone = press(typed(searched, "job 7"), "enter");
    expect(text(gone)).toMatch(/▸ I +7 /);
    expect(text(press(gone, "n"))).toContain("no hit below");
    expect(painted(press(typed(searched, "job 7"), "escape")).join()).not.toContain("\u001b[7mjob 7\u001b[27m");
  });
  test("folds, filters, wraps and goes to times by its keys, and says so", () => {
    const state = reading(size(80, 24));
    expect(text(press(state, "h"))).toMatch(/×35 web01 app\[1\]: job 6/);
    expect(text(press(state, "h"))).toMatch(/3 shown, folded/);
    // What is cited is marked though it is folded.
    expect(text(press(state, "h"))).toMatch(/●I +1 ×4 web01 app\[1\]: job 1 /);
    expect(text(press(state, "!", "!"))).toMatch(/1 shown, errors/);
    expect(text(press(state, "e"))).toMatch(/▸ E +8 /);
    expect(text(press(state, "e", "E"))).toContain("no error above");
    expect(text(press(state, "t"))).toMatch(/39 shown, like line 3/);
    expect(text(press(state, "w"))).toContain("wrapped");
    expect(text(press(state, "right"))).toContain("from column");
    const at = new Date(noon - 20 * MINUTE);
    const clock = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
    expect(text(press(typed(press(state, "T"), clock), "enter"))).toMatch(/▸ I +21 /);
    expect(press(typed(press(state, "T"), "soon"), "enter").toast?.text).toContain('"soon" is no time');
    expect(press(state, "!", "escape").viewer?.severity).toBeUndefined();
    expect(press(state, "!", "escape", "escape").place.screen).toBe("hosts");
  });
  test("moves by the keys that hands know, in either part", () => {
    const state = reading(size(80, 24));
    expect(text(press(state, "G"))).toMatch(/▸ I +40 /);
    expect(text(press(state, "G", "g"))).toMatch(/▸ I +1 /);
    const other = press(state, "tab", "j");
    expect(text(other)).toMatch(/▸W Something new/);
    expect(text(press(other, "k", "ctrl+f"))).toContain("found without a model");
    expect(text(press(other, "enter"))).toMatch(/▸●I +9 /);
  });
  test("is read in ASCII too", () => {
    const all = text({ ...press(reading(), "h"), unicode: false });
    // eslint-disable-next-line no-control-regex
    expect(all).toMatch(/^[\u0000-\u007f]*$/);
    expect(all).toMatch(/> I +[0-9]+ x35 web01|x35 web01/);
  });
});

describe("what is handed over", () => {
  const effectsOf = (state: ConsoleState) => state.effects;
  test("is the line, the finding with its lines, or all of it as a new file", () => {
    const state = reading();
    expect(effectsOf(press(state, "y"))).toEqual([
      { type: "copy", what: "Line 3", text: "web01 app[1]: job 3 took 3 ms" },
    ]);
    const [finding] = effectsOf(press(state, "Y"));
    expect(finding).toMatchObject({ type: "copy" });
    expect(finding && "text" in finding && finding.text).toBe(
      [
        `[C] Log-in after 300 failures from 203.0.113.9 (web01, analysis ${id})`,
        "300 failed log-ins, then one that worked",
        "Explanation (model): Somebody guessed the password of root.",
        "Recommendation (model): Lock the account.",
        "3: web01 app[1]: job 3 took 3 ms",
        "5: web01 sshd[9]: Accepted password for root from 203.0.113.9",
      ].join("\n"),
    );
    const [saved] = effectsOf(press(state, "W", "enter"));
    expect(saved).toMatchObject({ type: "save", path: `${id}.txt` });
    expect(saved && "text" in saved && saved.text).toContain("40: web01 app[1]: job 40 took 3 ms\n");
    expect(effectsOf(press(state, "W", "ctrl+u", "enter"))).toEqual([]);
  });
});

describe("where there is nothing", () => {
  const begin = (entities: Parameters<typeof aConsole>[0], room = size(80, 24)) =>
    press(press(aConsole([...hostIn("web01", "up"), ...entities], room), "2"), "L");
  const source = entity("source", "auth", {
    host: "web01",
    type: "file",
    options: {},
    title: "file /x",
    paused: false,
    createdAt: noon,
    updatedAt: noon,
  });
  test("it says what to do next", () => {
    expect(text(begin([]))).toContain("sentinel logs add web01-log --host web01 --type file");
    expect(text(begin([source]))).toContain("A reads its logs now");
    expect(text(press(aConsole(hostIn("web01", "up"), size(120, 24)), "4"))).toContain("sentinel logs add web01-log");
    expect(press(aConsole([]), "L").toast?.text).toBe("select a host first");
  });
  test("an analysis without findings or model is told as that", () => {
    const state = begin([entity("analysis", id, anAnalysis({ model: undefined }))]);
    const all = text(answered(state, [], anAnalysis({ model: undefined }), []));
    expect(all).toContain("It found nothing, so no line was kept with it.");
    expect(all).toContain("No finding.");
    expect(all).toContain("no model asked");
  });
  test("what the daemon refuses is said", () => {
    const state = begin([entity("analysis", id, anAnalysis())]);
    const whole = press(state, "l");
    const wanted = readingNeeds(whole).at(-1);
    const fault = { ok: false, code: "conflict", message: "only the lines that it cites" } as const;
    const told = { ...whole, fetched: new Map([[wanted?.key ?? "", fault]]) } as ConsoleState;
    expect(text(told)).toContain("only the lines that it cites");
    expect(text(told)).toContain("l goes back");
  });
  test("what may be missing and why the model is silent is said loudly", () => {
    const state = reading(size(160, 24), kept, {
      sources: [
        { id: "auth", lines: 3, gap: "the file was emptied" },
        { id: "mail", lines: 0, error: "open: no permission" },
      ],
      model: { name: "small", tokensIn: 0, tokensOut: 0, fault: "it doesn't answer" },
    });
    expect(text(state)).toContain("small: it doesn't answer");
    expect(text(state)).toContain("MISSING: auth: the file was emptied; mail can't be read: open: no permission");
  });
});

describe("analyse now", () => {
  test("is sent at once, shown while it lasts, and refused to who may only look", () => {
    const state = press(reading(), "A");
    expect(state.acts).toMatchObject([{ name: "logs.analyze", args: { host: "web01" }, timeoutMs: 600_000 }]);
    expect(text(state)).toContain("reading its logs, 1s");
    expect(press(state, "A").acts.length).toBe(1);
    const asked = press(typed(press(aConsole([]), "A"), "db01"), "enter");
    expect(asked.acts).toMatchObject([{ args: { host: "db01" } }]);
    const { connection } = state;
    if (connection.phase !== "live") throw new Error("the console is live");
    const viewer = {
      ...reading(),
      connection: { ...connection, welcome: { ...connection.welcome, role: "viewer" } },
    } as ConsoleState;
    expect(press(viewer, "A").toast?.text).toBe("this token may look but not act: that takes an operator's");
  });
});
