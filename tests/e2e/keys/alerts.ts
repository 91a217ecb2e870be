import { footed, on, type Row, type Rows } from "./row.ts";

const asking = (label: RegExp): Row => ({ on: "alerts", before: ["j"], sees: label });
const lower = { on: "silences", before: ["tab"], given: /^▸.*host-80/m } as const;

/** Keys on alerts, silences, maintenance, probes and jobs. */
export const alertRows: Rows = {
  "alert.ack": asking(/Acknowledge .*:/),
  "alert.unack": {
    on: "alerts",
    before: ["g", "j", "a", "enter"],
    given: /▸.*acked[^]*Acknowledged/,
    sees: /▸.*FIRING/,
    stays: true,
  },
  "alert.snooze": asking(/Snooze .* for:/),
  "alert.comment": asking(/Comment on .*:/),
  "alert.resolve": asking(/Resolve .*:/),
  "alert.assign": asking(/Who takes .*:/),
  "silence.add": asking(/Silence .* for:/),
  "alert.lead-on": { on: "alert", sees: /─ (Host|Lines|Logs)\b/ },
  "alert.hidden": { on: "alerts", sees: /^..C +hidden/m, after: ["h"] },
  "act.undo": {
    on: "alerts",
    before: ["g", "j", "j", "a", "enter"],
    given: /▸.*acked[^]*Acknowledged/,
    sees: /▸.*FIRING/,
    stays: true,
  },
  "silence.new": { on: "silences", sees: /Silence:/ },
  "silence.remove": { on: "silences", sees: /End silence known\?/, after: ["n"] },
  "maintenance.add": { ...lower, sees: /Maintenance:/, after: ["escape", "shift+tab"] },
  "maintenance.end": { ...lower, sees: /End .*\?/, after: ["n", "shift+tab"] },
  "maintenance.remove": { ...lower, sees: /(Remove|Take|Cancel) .*\?/, after: ["n", "shift+tab"] },
  "line.span": { on: "line", sees: /last 7d/, after: ["t"] },
  "probe.run": {
    on: "line",
    before: ["tab"],
    given: on("shop"),
    sees: footed(/probe shop|shop.*ran/),
    after: ["shift+tab"],
  },
  "probe.pause": { on: "line", before: ["tab"], sees: /paused +shop/, after: [/Paused/, "P", "shift+tab"] },
  "job.run": { on: "jobs", sees: footed(/runs by itself only|Ran/) },
  "pane.next": { on: "line", sees: footed(/shop \(/), after: ["shift+tab"] },
  "pane.previous": { on: "line", sees: footed(/shop \(/), after: ["tab"] },
};
