import { describe, expect, test } from "vitest";
import { fc } from "../../../../tests/support/property.ts";
import type { KeptFinding, KeptLine } from "../../../shared/api/logs.ts";
import { clearFilters, giveUp, nextSeverity, toggleFolding, toggleLike, toggleOpen } from "./arrange.ts";
import { drawLines } from "./draw.ts";
import { chooseFinding, findingOf, goToCited, takeFound } from "./findings.ts";
import { takeLines, toggleWhole, wantedFrom } from "./loading.ts";
import { extendRuns, noRows, rowOfLine, unfold } from "./rows.ts";
import { moveBy, pageBy, resized, shift, toEnd, toggleWrapping } from "./scroll.ts";
import { searchFor, seekNext, seekTime } from "./seek.ts";
import { cursorRow, lineAtCursor, newViewer, topRow, type Viewer } from "./viewer.ts";
import { parseWhen } from "./when.ts";

const aLine = (line: number, given: Partial<KeptLine> = {}): KeptLine => ({ line, text: `line ${line}`, ...given });
const lines = (count: number, given: (line: number) => Partial<KeptLine> = () => ({})): KeptLine[] =>
  Array.from({ length: count }, (_, i) => aLine(i + 1, given(i + 1)));

/** A viewer that has loaded all of these. */
const loaded = (items: KeptLine[], room = { columns: 40, rows: 5 }): Viewer =>
  takeLines(newViewer("a1", room), 1, { items, total: items.length });
/** One that has loaded the first of these, and the way to load on. */
function paged(items: KeptLine[], size: number) {
  const page = (viewer: Viewer): Viewer => {
    const from = viewer.total === undefined ? 1 : (viewer.next ?? 0);
    const start = items.findIndex(({ line }) => line >= from);
    const next = items[start + size]?.line;
    const rest = next === undefined ? {} : { next };
    return takeLines(viewer, from, { items: items.slice(start, start + size), total: items.length, ...rest });
  };
  return { page, viewer: page(newViewer("a1", { columns: 40, rows: 5 })) };
}
const at = (viewer: Viewer): number | undefined => lineAtCursor(viewer)?.line;
const top = (viewer: Viewer): number => viewer.lines[viewer.rows.at[topRow(viewer)] ?? 0]?.line ?? 0;
const shown = ({ rows, lines: all }: Viewer): string =>
  rows.at.map((place, i) => `${all[place]?.line}${rows.count[i] === 1 ? "" : `x${rows.count[i]}`}`).join(" ");

const aFinding = (id: string, evidence: number[], given: Partial<KeptFinding> = {}): KeptFinding => ({
  id,
  key: id,
  rule: "brute-force",
  origin: "local",
  severity: "critical",
  score: 90,
  title: `Brute force ${id}`,
  why: "212 failed log-ins",
  count: 212,
  evidence,
  templates: [],
  ...given,
});

describe("moving", () => {
  test("keeps the line in view and ends at the ends", () => {
    const viewer = loaded(lines(20));
    expect([at(viewer), top(viewer)]).toEqual([1, 1]);
    const down = moveBy(viewer, 7);
    expect([at(down), top(down)]).toEqual([8, 4]);
    expect([at(moveBy(down, 100)), top(moveBy(down, 100))]).toEqual([20, 16]);
    expect(at(moveBy(down, -100))).toBe(1);
    expect([at(pageBy(viewer, 1)), at(pageBy(viewer, 0.5))]).toEqual([6, 3]);
    const end = toEnd(down, "last");
    expect([at(end), top(end)]).toEqual([20, 16]);
    expect(top(resized(end, { columns: 40, rows: 10 }))).toBe(11);
  });
  test("shows a line that is wrapped as a whole, and one that is taller than the screen bit by bit", () => {
    const viewer = toggleWrapping(
      loaded(lines(8, (line) => ({ text: line === 3 ? "x".repeat(33 * 12) : line === 2 ? "y".repeat(70) : "z" }))),
    );
    const second = moveBy(viewer, 1);
    expect([at(second), top(second)]).toEqual([2, 1]);
    const third = moveBy(second, 1);
    expect([at(third), top(third), third.skipped]).toEqual([3, 3, 0]);
    expect(
      [1, 2, 3].map((times) => moveBy(moveBy(moveBy(third, 1), times > 1 ? 1 : 0), times > 2 ? 1 : 0)),
    ).toMatchObject([
      { cursor: 3, skipped: 4 },
      { cursor: 3, skipped: 7 },
      { cursor: 4, skipped: 0 },
    ]);
    expect(moveBy({ ...third, skipped: 4 }, -1)).toMatchObject({ cursor: 3, skipped: 0 });
    expect(top(moveBy(third, -1))).toBe(2);
  });
  test("to the side is half of what is seen, and nothing where lines are wrapped", () => {
    const viewer = loaded(lines(3));
    expect(shift(viewer, 1).left).toBe(17);
    expect(shift(shift(viewer, 1), -1).left).toBe(0);
    expect(shift(toggleWrapping(viewer), 1)).toMatchObject({
      left: 0,
      note: expect.stringContaining("wrapped") as string,
    });
  });
});

describe("what is loaded", () => {
  test("goes on as the reader nears its end", () => {
    const { viewer, page } = paged(lines(100), 30);
    expect(wantedFrom(newViewer("a1", { columns: 40, rows: 5 }))).toBe(1);
    expect(wantedFrom(viewer)).toBeUndefined();
    const near = moveBy(viewer, 25);
    expect(wantedFrom(near)).toBe(31);
    expect(page(near).lines.length).toBe(60);
    expect(at(page(near))).toBe(26);
  });
  test("is taken once, and never out of turn", () => {
    const { viewer } = paged(lines(100), 30);
    const answer = { items: lines(30), total: 100, next: 31 };
    expect(takeLines(viewer, 1, answer)).toBe(viewer);
    expect(takeLines(viewer, 61, answer)).toBe(viewer);
  });
  test("is loaded on until what is looked for is there", () => {
    const { viewer, page } = paged(
      lines(100, (line) => ({
        at: line * 1_000,
        ...(line === 80 ? { text: "the Needle", severity: "err" as const } : {}),
      })),
      30,
    );
    for (const begin of [
      searchFor(viewer, "needle"),
      seekNext(viewer, "error", 1),
      seekTime(viewer, 79_001),
      toEnd(viewer, "last"),
    ]) {
      expect(wantedFrom(begin)).toBe(31);
      const second = page(begin);
      expect(wantedFrom(second)).toBe(61);
      const end = begin.seek?.kind === "end" ? page(page(second)) : page(second);
      expect([at(end), end.seek]).toEqual([begin.seek?.kind === "end" ? 100 : 80, undefined]);
    }
    const never = page(page(page(searchFor(viewer, "haystack"))));
    expect([at(never), never.note, never.seek]).toEqual([1, "no hit below", undefined]);
    expect(giveUp(searchFor(viewer, "haystack"))).toMatchObject({ seek: undefined, search: {} });
    expect(moveBy(searchFor(viewer, "haystack"), 1).seek).toBeUndefined();
  });
  test("is cleaned of what a terminal would obey", () => {
    expect(loaded([aLine(1, { text: "a\u001b]52;c;eA==\u0007b\u202e" })]).lines[0]?.text).toBe("ab");
  });
  test("begins anew with all that were read, at the same line", () => {
    const { viewer } = paged(lines(100), 30);
    const all = toggleWhole(moveBy(viewer, 9));
    expect([all.isWhole, all.lines.length, wantedFrom(all)]).toEqual([true, 0, 1]);
    expect(at(takeLines(all, 1, { items: lines(50), total: 50 }))).toBe(10);
  });
});

describe("what is left out and folded", () => {
  const kinds = "aabbbca";
  const viewer = loaded(
    lines(7, (line) => ({ template: kinds[line - 1] ?? "", ...(line === 4 ? { severity: "crit" as const } : {}) })),
  );
  test("lines that are alike and follow one another are one, which Enter unfolds and folds", () => {
    const folded = toggleFolding(viewer);
    expect(shown(folded)).toBe("1x2 3x3 6 7");
    const second = moveBy(folded, 1);
    const open = toggleOpen(second);
    expect(open && shown(open)).toBe("1x2 3x3 4 5 6 7");
    expect(open && shown(toggleOpen(open) ?? open)).toBe("1x2 3x3 6 7");
    expect(toggleOpen(moveBy(folded, 2))).toBeUndefined();
    expect(shown(toggleFolding(folded))).toBe("1 2 3 4 5 6 7");
  });
  test("without templates the same text is alike", () => {
    const texts = loaded(["x", "x", "y"].map((text, i) => aLine(i + 1, { text })));
    expect(shown(toggleFolding(texts))).toBe("1x2 3");
  });
  test("a hit in a fold unfolds it", () => {
    const found = searchFor(toggleFolding(viewer), "line 5");
    expect([at(found), shown(found)]).toEqual([5, "1x2 3x3 4 5 6 7"]);
    expect(shown(searchFor(found, "line 4"))).toBe(shown(found));
  });
  test("lines like this one alone, and those that are grave enough; the cursor stays or goes to the one before", () => {
    const like = toggleLike(moveBy(viewer, 3));
    expect([shown(like), at(like)]).toEqual(["3 4 5", 4]);
    const grave = nextSeverity(toggleLike(like));
    expect([shown(grave), at(grave), grave.severity]).toEqual(["4", 4, "warning"]);
    expect(nextSeverity(grave).severity).toBe("err");
    expect(shown(nextSeverity(nextSeverity(grave)))).toBe("1 2 3 4 5 6 7");
    expect(at(nextSeverity(toEnd(viewer, "last")))).toBe(4);
    expect(toggleLike(loaded([aLine(1)])).note).toContain("it isn't known");
    expect(shown(clearFilters(like))).toBe("1 2 3 4 5 6 7");
  });
  test("Esc gives up what is looked for, the search, the filters, and then nothing", () => {
    const all = nextSeverity(searchFor(viewer, "line"));
    const one = giveUp(all);
    expect([one?.search, one?.severity]).toEqual([undefined, "warning"]);
    const two = one && giveUp(one);
    expect(two?.severity).toBeUndefined();
    expect(two && giveUp(two)).toBeUndefined();
  });
  test("in pages it comes to the same as at once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b"), { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, "err" as const),
        (templates, open, size, severity) => {
          const all = templates.map((template, i) => aLine(i + 1, { template, ...(i % 3 ? {} : { severity: "err" }) }));
          const filters = { severity, isFolding: true };
          let runs = noRows;
          for (let from = 0; from < all.length; from += size)
            runs = extendRuns(runs, all.slice(0, from + size), from, filters);
          expect(runs).toEqual(extendRuns(noRows, all, 0, filters));
          const rows = unfold(runs, all, new Set(open), filters);
          expect([...rows.at]).toEqual([...rows.at].sort((a, b) => a - b));
          for (const [row, place] of rows.at.entries()) expect(rowOfLine(rows, all, place + 1)).toBe(row);
        },
      ),
    );
  });
});

describe("hits and errors", () => {
  const viewer = loaded(
    lines(9, (line) => (line % 3 === 0 ? { text: `hit ${line}`, severity: line === 6 ? "err" : "warning" } : {})),
  );
  test("n and N go from one to the next, and say at the ends that there is no more", () => {
    const first = searchFor(viewer, "hit");
    const second = seekNext(first, "hit", 1);
    expect([at(first), at(second), at(seekNext(second, "hit", -1))]).toEqual([3, 6, 3]);
    const last = seekNext(second, "hit", 1);
    expect([at(last), seekNext(last, "hit", 1).note, seekNext(first, "hit", -1).note]).toEqual([
      9,
      "no hit below",
      "no hit above",
    ]);
    expect(seekNext(viewer, "hit", 1).note).toContain("nothing is searched for");
    expect(searchFor(first, "").search).toBeUndefined();
  });
  test("e and E know errors, not warnings", () => {
    expect(at(seekNext(viewer, "error", 1))).toBe(6);
    expect(seekNext(seekNext(viewer, "error", 1), "error", 1).note).toBe("no error below");
    expect(at(seekNext(toEnd(viewer, "last"), "error", -1))).toBe(6);
  });
});

describe("findings", () => {
  const found = [aFinding("f1", [3, 7]), aFinding("f2", [5]), aFinding("f3", [])];
  const viewer = takeFound(loaded(lines(9)), found);
  test("] and [ choose, Enter goes from one cited line to the next, and around", () => {
    expect(findingOf(viewer)?.id).toBe("f1");
    // It is gone to as soon as it is known.
    const first = viewer;
    expect([at(first), at(goToCited(first)), at(goToCited(goToCited(first)))]).toEqual([3, 7, 3]);
    const second = chooseFinding(first, 1);
    expect([findingOf(second)?.id, at(goToCited(second))]).toEqual(["f2", 5]);
    const third = chooseFinding(chooseFinding(second, 1), 1);
    expect([findingOf(third)?.id, goToCited(third).note]).toEqual(["f3", "this finding cites no line"]);
    expect(chooseFinding(loaded([]), 1).note).toBe("there are no findings");
    expect(findingOf(chooseFinding(viewer, -1))?.id).toBe("f1");
  });
  test("what they cite is seen whatever was left out", () => {
    expect(at(goToCited(nextSeverity(viewer)))).toBe(3);
    expect(at(goToCited(toggleLike(viewer)))).toBe(7);
  });
  test("the chosen one stays chosen when they come again", () => {
    const again = takeFound(chooseFinding(viewer, 1), [...found]);
    expect(again.finding).toBe("f2");
    expect(takeFound(again, [aFinding("f9", [])]).finding).toBe("f9");
  });
});

describe("a time to go to", () => {
  const near = new Date(2026, 10, 23, 9, 30).getTime();
  test.each([
    ["14:05", new Date(2026, 10, 23, 14, 5)],
    ["7:05:09", new Date(2026, 10, 23, 7, 5, 9)],
    ["11-22", new Date(2026, 10, 22)],
    ["2025-12-24 18:00", new Date(2025, 11, 24, 18)],
    ["2025-12-24T18:00", new Date(2025, 11, 24, 18)],
  ])("%s", (text, date) => expect(parseWhen(text, near)).toBe(date.getTime()));
  test.each(["", "soon", "25:00", "14:61", "02-30", "2026-13-01", "14", "14:05:61"])("%j is none", (text) => {
    expect(parseWhen(text, near)).toBeUndefined();
  });
});

test("a hundred thousand lines are gone through without a pause", () => {
  const many = lines(100_000, (line) => ({
    text: `2026-11-23T14:05:00Z web01 sshd[${line}]: Failed password for admin${line} from 203.0.113.9 port 22 ssh2`,
    template: `t${Math.floor(line / 7) % 50}`,
    severity: line % 97 === 0 ? "err" : "info",
    at: line,
  }));
  const viewer = loaded(many, { columns: 100, rows: 40 });
  /** Of a few times, as this machine may have had something else to do. */
  const tookMs = (work: () => unknown): number =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const startedAt = performance.now();
        work();
        return performance.now() - startedAt;
      }),
    );
  const last = toEnd(viewer, "last");
  const works = {
    search: () => searchFor(viewer, "no.*such|thing"),
    back: () => seekNext(searchFor(last, "nothing"), "hit", -1),
    errors: () => nextSeverity(nextSeverity(viewer)),
    fold: () => toggleFolding(viewer),
    like: () => toggleLike(viewer),
    time: () => seekTime(viewer, 99_999),
    wrap: () => moveBy(toggleWrapping(last), -1),
    draw: () => drawLines(last, { unicode: true, isFocused: true }),
  };
  const slow = Object.entries(works).filter(([, work]) => tookMs(work) > 50);
  expect(slow.map(([name]) => name)).toEqual([]);
  expect(at(searchFor(viewer, "admin99999"))).toBe(99_999);
});

test("the cursor is on nothing where there is nothing", () => {
  const viewer = loaded([]);
  expect([cursorRow(viewer), at(viewer), at(moveBy(viewer, 1)), toEnd(viewer, "last").seek]).toEqual([
    0,
    undefined,
    undefined,
    undefined,
  ]);
});
