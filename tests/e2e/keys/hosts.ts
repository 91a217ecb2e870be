import { answered, footed, gone, keyOf, moved, on, type Row, type Rows, typed } from "./row.ts";

/** The table with this host alone. */
const only = (host: string): readonly string[] => ["/", ...typed(`^${host}$`), "enter", "g"];
const inForm = { on: "hosts", before: ["+"], given: /Add a host/ } as const satisfies Omit<Row, "sees">;
/** What is shown once can't be closed without a yes. */
const inSheet = {
  on: "hosts",
  before: [...only("host-61"), ":", ...typed("host.token"), "enter", /\(y\/n\)/, "y", /\[token\]/],
  given: /\[token\]/,
  after: ["escape", "y"],
} as const satisfies Omit<Row, "sees">;
/** The systemd unit, in a terminal that it doesn't fit in. */
const inLongSheet = {
  ...inSheet,
  size: { columns: 80, rows: 15 },
  before: [...inSheet.before, "right", "right", "right"],
  given: /\[systemd\]/,
} as const;
const atTop = /job\.service/;
const notTop = /^((?!job\.service)[^])*\[systemd\]((?!job\.service)[^])*$/;

/** In the overview, where the other rows don't mind the order. */
const sorted = (columns: Readonly<Record<string, string>>): Rows =>
  Object.fromEntries(
    Object.entries(columns).map(([id, title]) => [
      `hosts.sort-${id}`,
      { on: "overview", before: ["2", "1", "tab"], sees: new RegExp(`\\b${title}[↑↓]|by ${id}`), stays: true },
    ]),
  );

/** Keys on hosts: adding, changing, pausing, removing, and the sheet that shows a token once. */
export const hostRows: Rows = {
  "host.add": { on: "hosts", sees: /Add a host/ },
  "host.edit": { on: "hosts", before: ["g"], sees: /Edit host-/ },
  "host.pause": {
    on: "hosts",
    before: only("host-60"),
    given: on("host-60"),
    sees: /host-60 +paused/,
    after: [/Paused/, keyOf("host.pause"), /Resumed/],
  },
  "host.maintenance": { on: "hosts", sees: /Maintenance of host-\d+ for:/ },
  "host.remove": { on: "hosts", sees: /Remove host-\d+ .*\(y\/n\)/, after: ["n"] },
  "host.token": { on: "hosts", sees: /Make a new token for host-\d+/, after: ["n"] },
  "host.span": { on: "host", sees: /last 7d/, after: ["t"] },
  "confirm.no": { on: "hosts", before: ["g", keyOf("host.remove")], given: /\(y\/n\)/, sees: gone(/\(y\/n\)/) },
  "confirm.yes": {
    on: "hosts",
    before: [...only("host-62"), keyOf("host.remove")],
    given: /Remove host-62 /,
    sees: /No host|Removed: host-62/,
  },
  "form.submit": { ...inForm, sees: answered },
  "form.next": { ...inForm, sees: moved },
  "form.previous": { ...inForm, before: ["+", /Add a host/, "tab"], given: /▸ Name/, sees: moved },
  "form.cancel": { ...inForm, sees: gone(/Add a host/) },
  "sheet.next": { ...inSheet, sees: /\[curl\]/ },
  "sheet.previous": { ...inSheet, before: [...inSheet.before, "tab"], given: /\[curl\]/, sees: /\[token\]/ },
  "sheet.copy": { ...inSheet, sees: footed(/cop(ied|ying)|clipboard/i) },
  "sheet.down": { ...inLongSheet, sees: gone(atTop) },
  "sheet.up": { ...inLongSheet, before: [...inLongSheet.before, "j"], given: notTop, sees: atTop },
  "sheet.page-down": { ...inLongSheet, sees: gone(atTop) },
  "sheet.page-up": { ...inLongSheet, before: [...inLongSheet.before, "j"], given: notTop, sees: atTop },
  "sheet.close": { ...inSheet, sees: /\(y\/n\)/, after: ["y"] },
  ...sorted({
    host: "HOST",
    name: "NAME",
    state: "STATE",
    tags: "TAGS",
    every: "EVERY",
    since: "SINCE",
    last: "LAST",
    due: "DUE",
  }),
};
