import { styleText } from "node:util";
import type { Outcome } from "../../daemon/monitors/logs/offline/chain.ts";
import type { Severity } from "../../shared/model.ts";

type Finding = Outcome["findings"][number];

const styles = { critical: "red", warning: "yellow", info: "cyan" } as const;
const EVIDENCE = 5;
const TEXT = 300;
const number = new Intl.NumberFormat("en");

/** `1 line`, `2,000 lines`. */
export const sayMany = (count: number, noun: string): string =>
  `${number.format(count)} ${noun}${count === 1 ? "" : "s"}`;

const short = (text: string): string => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text);

function sayFinding({ severity, title, score, why, count, evidence }: Finding): string {
  const shown = evidence.slice(0, EVIDENCE);
  const width = Math.max(...shown.map(({ line }) => String(line).length), 0);
  const rest = count - shown.length;
  return [
    `${styleText(styles[severity], severity.slice(0, 1).toUpperCase())}  ${title}  (${Math.round(score)})`,
    `   ${why}`,
    ...shown.map(({ line, text }) => `   ${String(line).padStart(width)}: ${short(text)}`),
    ...(rest > 0 ? [`   … and ${sayMany(rest, "more line")}`] : []),
  ].join("\n");
}

/** `2 critical, 1 warning`. */
const sayCounts = (findings: readonly Finding[]): string =>
  (Object.keys(styles) as Severity[])
    .flatMap((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return count > 0 ? [`${number.format(count)} ${severity}`] : [];
    })
    .join(", ");

/** Lines, kinds of them, and what was kept out: `in 12 lines of 3 templates; 1 secret hidden`. */
function sayRead({ lines, withheld, templates, redactions }: Outcome): string {
  const kept = [
    redactions.total > 0 ? `${sayMany(redactions.total, "secret")} hidden` : "",
    withheld > 0 ? `${sayMany(withheld, "line")} too long to be looked at` : "",
  ].filter(Boolean);
  return [`${sayMany(lines, "line")} of ${sayMany(templates.length, "template")}`, ...kept].join("; ");
}

/** The findings of a log for a person, the weightiest first, and a line that sums them up. */
export function sayOutcome(outcome: Outcome): string {
  const { findings } = outcome;
  const found =
    findings.length === 0 ? "nothing found" : `${sayMany(findings.length, "finding")} (${sayCounts(findings)})`;
  return [...findings.map(sayFinding), `${found} in ${sayRead(outcome)}`].join("\n\n");
}

/** Templates for a person: how many lines, the id, the text. */
export function sayTemplates({ lines, withheld, templates }: Outcome): string[] {
  const width = Math.max(...templates.slice(0, 1).map(({ count }) => number.format(count).length), 5);
  const head = `${"COUNT".padStart(width)}  ID        TEMPLATE`;
  const rest = withheld > 0 ? `; ${sayMany(withheld, "line")} too long to be looked at` : "";
  return [
    ...(templates.length > 0 ? [head] : []),
    ...templates.map(
      ({ id, count, text }) => `${number.format(count).padStart(width)}  ${id.padEnd(8)}  ${short(text)}`,
    ),
    `${templates.length > 0 ? "\n" : ""}${sayMany(templates.length, "template")} in ${sayMany(lines, "line")}${rest}`,
  ];
}
