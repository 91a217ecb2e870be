import { themeNames } from "../../../src/tui/settings.ts";
import { gone, moved, on, type Row, type Rows, typed } from "./row.ts";

const atFirst = { on: "hosts", before: ["g"], given: /HOST .*\n▸/, sees: moved } as const;
const atLast = { on: "hosts", before: ["G"], given: /-(\d+) of \1 /, sees: moved } as const;
const marks = /^.●/m;
const inHelp = { on: "hosts", before: ["?"], given: /Reading/ } as const satisfies Omit<Row, "sees">;
const inHelpsEnd = { ...inHelp, before: ["?", "G"], given: /Help, lines (?!1-)\d/ } as const;
const inPalette = { on: "hosts", before: [":"], given: /What to do/ } as const;
const inFilter = { on: "hosts", before: ["/", ...typed("ab cd")], given: /Filter: +ab cd/ } as const;
const atStart = { ...inFilter, before: [...inFilter.before, "home"] } as const;
/** The help has another first line. */
const scrolled = (now: string, before: string): boolean => now.split("\n")[2] !== before.split("\n")[2];

/** Colours aren't text: but that it is on already is said. */
function themed(name: string): Row {
  const again = [":", ...typed(`theme ${name}`), "enter"];
  const other = [":", ...typed(`theme ${name === "mono" ? "dark" : "mono"}`), "enter"];
  return { on: "hosts", before: other, next: again, sees: /that is how it looks/ };
}

/** Keys of the frame itself: moving, lists, questions, help, palette. */
export const frameRows: Rows = {
  "table.filter": { on: "hosts", sees: /Filter:/ },
  "table.mark": { on: "hosts", sees: marks, after: ["ctrl+\\"] },
  "table.range": { on: "hosts", sees: marks, after: ["ctrl+\\"] },
  "table.unmark": { on: "hosts", before: ["space", "j", "space"], given: /●[^]*●/, sees: gone(marks) },
  "table.sort-next": { on: "hosts", sees: /HOST[↑↓]/, after: ["<"] },
  "table.sort-previous": { on: "hosts", sees: /[A-Z][↑↓]/, after: [">"] },
  "table.reverse": { on: "hosts", before: [">"], given: /HOST↑/, sees: /HOST↓/, after: ["<"] },
  open: { on: "hosts", before: ["g"], given: on("host-\\d+"), sees: /─ Host\b(?!s)/ },
  close: { on: "hosts", before: ["space"], given: marks, sees: gone(marks) },
  "move.down": atFirst,
  "move.up": atLast,
  "move.page-down": atFirst,
  "move.page-up": atLast,
  "move.half-down": atFirst,
  "move.half-up": atLast,
  "move.first": atLast,
  "move.last": { ...atFirst, after: ["g"] },

  "help.open": { on: "hosts", sees: /Reading/ },
  "help.down": { ...inHelp, sees: scrolled },
  "help.up": { ...inHelpsEnd, sees: scrolled },
  "help.page-down": { ...inHelp, sees: scrolled },
  "help.page-up": { ...inHelpsEnd, sees: scrolled },
  "help.first": { ...inHelpsEnd, sees: scrolled },
  "help.last": { ...inHelp, sees: scrolled },
  "help.find": { ...inHelp, sees: /Find:/ },
  "help.close": { ...inHelp, sees: gone(/Reading/) },

  "palette.open": { on: "hosts", sees: /What to do/ },
  "palette.run": {
    ...inPalette,
    before: [":", ...typed("help.open")],
    given: /▸ help\.open/,
    sees: /Reading/,
  },
  "palette.down": { ...inPalette, sees: moved },
  "palette.up": { ...inPalette, before: [":", "down"], given: /What to do.*\n [^]*▸/, sees: moved },
  "palette.cancel": { ...inPalette, sees: gone(/What to do/) },

  "prompt.submit": {
    ...inFilter,
    before: ["/", ...typed("host-77")],
    given: /Filter: +host-77/,
    sees: gone(/Filter:/),
  },
  "prompt.cancel": { ...inFilter, sees: gone(/Filter:/) },
  "line.backspace": { ...inFilter, sees: /Filter: +ab c(?!d)/ },
  "line.delete": { ...atStart, sees: /Filter: +b cd/ },
  "line.word": { ...inFilter, sees: /Filter: +ab (?!cd)/ },
  "line.clear": { ...inFilter, sees: gone(/ab cd/) },
  "line.left": { ...inFilter, next: ["X"], sees: /Filter: +ab cXd/ },
  "line.right": { ...atStart, next: ["X"], sees: /Filter: +aXb cd/ },
  "line.start": { ...inFilter, next: ["X"], sees: /Filter: +Xab cd/ },
  "line.end": { ...atStart, next: ["X"], sees: /Filter: +ab cdX/ },

  "go.overview": { on: "hosts", sees: /Needs you/, after: ["2"] },
  "go.hosts": { on: "alerts", sees: /─ Hosts/, after: ["3"] },
  "go.alerts": { on: "hosts", sees: /─ Alerts/, after: ["2"] },
  "go.logs": { on: "hosts", sees: /─ Findings/, after: ["2"] },
  "go.line": { on: "hosts", sees: /─ Targets/, after: ["2"] },
  "go.jobs": { on: "hosts", sees: /─ Jobs/, after: ["2"] },
  "go.silences": { on: "hosts", sees: /─ Silences/, after: ["2"] },
  "go.host": { on: "hosts", sees: /─ Host\b(?!s)/, after: ["2"] },
  "go.alert": { on: "alerts", sees: /─ Alert\b(?!s)/, after: ["3"] },
  "go.analysis": {
    on: "hosts",
    before: ["4", "g", "enter", /^─ Lines/m, "2"],
    given: /^─ Hosts/m,
    sees: /^─ Lines/m,
    after: ["2"],
  },
  ...Object.fromEntries(themeNames.map((name) => [`theme ${name}`, themed(name)])),
  "view.redraw": { on: "hosts", scrawl: "kernel: oops", sees: gone(/kernel: oops/) },
  "view.freeze": { on: "hosts", sees: /frozen/, after: ["p"] },
};
