import { renderToString } from "ink";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { aConsole, entity, fetched, hostIn, noon, press } from "../../../tests/support/console-state.ts";
import type { KeptLine } from "../../shared/api/logs.ts";
import { need } from "../state/needs.ts";
import { readingNeeds } from "../state/reading.ts";
import type { ConsoleState } from "../state/state.ts";
import { App } from "./App.tsx";

/** What logs hold that somebody wrote to fool a terminal, or that is hard on one. */
const hostile: Record<string, string> = {
  "a screen that is cleared": "a\u001b[2J\u001b[Hb",
  "a title": "a\u001b]0;owned\u0007b",
  "a clipboard": "a\u001b]52;c;b3duZWQ=\u0007b",
  "a link": "a\u001b]8;;https://example.org\u001b\\b\u001b]8;;\u001b\\",
  "a device control string": "a\u001bPq#0\u001b\\b",
  "one that never ends": "a\u001b]0;never ends",
  "an 8-bit control sequence": "a\u009b2Jb\u009d0;x\u009c",
  "a line that is written over": "safe\rgone\b\b\b\b",
  "bells and zeroes": "a\u0007\u0000\u0000b",
  tabs: "a\tb\t\tc",
  "text from right to left": "user \u202egnp.exe\u202c a\u2066b\u2069",
  "line separators": "a\u2028b\u2029c\u0085d",
  "a very long line": `begin ${"x".repeat(8_000)} end`,
  "wide characters": "日本語のログ行です".repeat(40),
  "joined emoji": "👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈 ❤️ 1️⃣ 🇩🇪".repeat(20),
  "heaps of marks": `z${"\u0300\u0301\u0302".repeat(500)}algo`,
  "invisible characters": "pass\u200bword\u200d\ufeff\u2060 \u{e0041}\u{e0042}",
  "half a character": "a\ud83d b\udc00",
  "scripts that cluster": "क्षत्रिय नमस्ते ภาษาไทย 한국어 العربية".repeat(20),
};
const names = Object.keys(hostile);
const kept: KeptLine[] = Object.values(hostile).map((text, i) => ({ line: i + 1, text, severity: "err" }));

const id = "20260105t110000000-web01";
function reading(columns: number, rows: number, lines: KeptLine[]): ConsoleState {
  const analysis = {
    host: "web01",
    at: noon,
    tookMs: 1,
    trigger: "demand",
    sources: [],
    lines: 19,
    sent: 0,
    redactions: 0,
    templates: 1,
    newTemplates: 0,
    findings: { critical: 0, warning: 0, info: 0 },
  } as const;
  const state = aConsole([...hostIn("web01", "up"), entity("analysis", id, { ...analysis, sources: [] })], {
    columns,
    rows,
  });
  const begun = press(state, "2", "L");
  const shown = fetched(begun, need("logs.show", { id }, begun.viewer?.nth), {
    id,
    ...analysis,
    sources: [],
    found: [],
  });
  const wanted = readingNeeds(shown).find(({ name }) => name === "logs.lines");
  if (!wanted) throw new Error("no lines are wanted");
  return fetched(shown, wanted as ReturnType<typeof need<"logs.lines">>, { items: lines, total: lines.length });
}

// eslint-disable-next-line no-control-regex
const sgr = /\u001b\[[0-9;]*m/g;
// eslint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
/** As wide as in a terminal that knows nothing of clusters; half a flag is one column. */
const widthOf = (line: string): number =>
  [...line].reduce((sum, point) => sum + (/[\u{1f1e6}-\u{1f1ff}]/u.test(point) ? 1 : stringWidth(point)), 0);

test("there are nineteen of them", () => expect(names).toHaveLength(19));

describe.each([
  [60, 15],
  [80, 24],
  [160, 50],
])("at %i×%i", (columns, rows) => {
  test.each(names)("%s stays in its place", (name) => {
    const lines = [kept[names.indexOf(name)], { line: 20, text: "the next line" }] as KeptLine[];
    const state = reading(columns, rows, lines);
    for (const keys of [[], ["w"], ["right"], ["w", "j"], ["h"], ["G"]]) {
      const drawn = renderToString(<App state={press(state, ...keys)} theme={{ color: true }} />, { columns })
        .replace(sgr, "")
        .split("\n");
      expect(drawn).toHaveLength(rows);
      for (const line of drawn) {
        expect(line).not.toMatch(unsafe);
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }
      const edges = drawn.flatMap((line) => (line.includes("│") ? [widthOf(line.slice(0, line.indexOf("│")))] : []));
      expect(new Set(edges).size).toBe(columns < 100 ? 0 : 1);
    }
  });
});
