import { answered, footed, gone, moved, type Row, type Rows, typed } from "./row.ts";

const reading = {
  on: "logs",
  before: ["g", "enter"],
  given: /^─ Lines cited[^]* \d{4}-\d\d-/m,
} as const satisfies Omit<Row, "sees">;
const found = {
  ...reading,
  before: ["g", "enter", "/", ...typed("Failed"), "enter"],
  given: /─ Lines.*\/Failed/,
} as const;
/** The same key takes it back. */
const toggling = (key: string, sees: Row["sees"]): Row => ({ ...reading, sees, after: [key] });

/** Keys of the log viewer. */
export const logRows: Rows = {
  "finding.open": { on: "logs", before: ["g"], sees: /^─ Lines/m },
  "logs.latest": { on: "host", sees: /^─ Lines/m },
  "logs.analyse": { on: "host", sees: footed(/nalys|read/i) },
  "log.finding-next": { ...reading, sees: /▸W Brute/ },
  "log.finding-previous": { ...reading, before: ["g", "enter", "]"], given: /▸W Brute/, sees: /▸C Log-in/ },
  "log.enter": { ...reading, before: ["g", "enter", "]"], given: /▸W Brute/, sees: moved },
  "log.search": { ...reading, sees: /Search:/ },
  "log.hit-next": { ...found, sees: moved },
  "log.hit-previous": { ...found, before: [...found.before, "G"], sees: moved },
  "log.error-next": { ...reading, before: ["g", "enter", "g"], sees: answered },
  "log.error-previous": { ...reading, before: ["g", "enter", "G"], sees: answered },
  "log.fold": toggling("h", /─ Lines.*folded/),
  "log.like": toggling("t", /─ Lines.*like line/),
  "log.severity": { ...reading, sees: /─ Lines.*warnings and errors/, after: ["!", "!"] },
  "log.whole": toggling("l", /─ Lines all that were read/),
  "log.wrap": toggling("w", /─ Lines.*wrapped/),
  "log.right": { ...reading, sees: /from column/, after: ["left"] },
  "log.left": { ...reading, before: ["g", "enter", "right"], given: /from column/, sees: gone(/from column/) },
  "log.time": { ...reading, sees: /Go to:/ },
  "log.follow": toggling("f", /following/),
  "log.copy": { ...reading, sees: footed(/clipboard/) },
  "log.copy-finding": { ...reading, sees: footed(/clipboard/) },
  "log.save": { ...reading, sees: /Write to:/ },
  "log.leave": { ...reading, sees: gone(/^─ Lines/m) },
};
