import type { AnalysisView, KeptFinding } from "../../../shared/api/logs.ts";
import { formatDuration, sayInstant } from "../../../shared/time.ts";
import { severityLetters } from "../tables/alerts.ts";
import { timeOrDay } from "../time-of-day.ts";
import { passes } from "./rows.ts";
import type { Viewer } from "./viewer.ts";

export const sayCount = (count: number): string => count.toLocaleString("en");
export const sayMany = (count: number, noun: string): string => `${sayCount(count)} ${noun}${count === 1 ? "" : "s"}`;

const triggers = { schedule: "on schedule", demand: "asked for", down: "as it went down" } as const;

/** What the model took, or why it said nothing. */
export function sayModel({ model, sent }: Pick<AnalysisView, "model" | "sent">): string {
  if (!model) return "no model asked";
  const { name, tokensIn, tokensOut, cost, cached, fault } = model;
  if (fault !== undefined) return `${name}: ${fault}`;
  if (cached) return `${name}: answered before, nothing sent`;
  const price = cost === undefined ? "" : `, cost ${cost.toFixed(4)}`;
  return `${name}: ${sayMany(sent, "record")}, ${sayCount(tokensIn)}+${sayCount(tokensOut)} tokens${price}`;
}

/** An analysis in a few pieces: whose, when and why, how much, what was hidden. */
export function sayAnalysis(analysis: AnalysisView, now: number): readonly string[] {
  const { host, at, trigger, lines, redactions, templates, newTemplates, tookMs } = analysis;
  return [
    host,
    `${timeOrDay(at, now)} ${triggers[trigger]}`,
    sayMany(lines, "line"),
    `${sayMany(redactions, "secret")} hidden`,
    `${sayMany(templates, "template")}, ${sayCount(newTemplates)} new`,
    `took ${formatDuration(tookMs)}`,
  ];
}

/** What may be missing: gaps, and sources that couldn't be read. */
export const sayMissing = ({ sources }: AnalysisView): string =>
  sources
    .flatMap(({ id, gap, error }) => [
      ...(error === undefined ? [] : [`${id} can't be read: ${error}`]),
      ...(gap === undefined ? [] : [`${id}: ${gap}`]),
    ])
    .join("; ");

/** How far lines were loaded, and what is left out of them. */
export function sayLines(viewer: Viewer): string {
  const { lines, total, next, rows, like, severity, search, seek, isWhole, isFolding, isWrapping, left } = viewer;
  if (total === undefined) return "asking the daemon";
  const loaded = next === undefined ? sayCount(lines.length) : `${sayCount(lines.length)} of ${sayCount(total)} loaded`;
  return [
    `${isWhole ? "all that were read" : "cited and around"}, ${loaded}`,
    rows.at.length < lines.length && (like || severity || isFolding) && `${sayCount(rows.at.length)} shown`,
    like && `like line ${like.line}`,
    severity && (severity === "err" ? "errors" : "warnings and errors"),
    isFolding && "folded",
    isWrapping && "wrapped",
    left > 0 && `from column ${left + 1}`,
    search && `/${search.text}`,
    seek && "looking on",
  ]
    .filter(Boolean)
    .join(", ");
}

const linesOf = ({ lines }: Viewer, { evidence }: KeptFinding): string[] => {
  const cited = new Set(evidence);
  return lines.filter(({ line }) => cited.has(line)).map(({ line, text }) => `${line}: ${text}`);
};

/** A finding with the lines that bear it out, as far as they are loaded, to be handed on. */
export function findingText(viewer: Viewer, finding: KeptFinding, host: string): string {
  const { severity, title, why, explanation, recommendation, origin } = finding;
  return [
    `[${severityLetters[severity]}] ${title} (${host}, analysis ${viewer.id})`,
    why,
    ...(explanation === undefined ? [] : [`Explanation (model): ${explanation}`]),
    ...(recommendation === undefined ? [] : [`Recommendation (model): ${recommendation}`]),
    ...(origin === "model" ? ["Found by the model."] : []),
    ...linesOf(viewer, finding),
  ].join("\n");
}

/** All of what is shown, as a file: the findings, then each line that passes the filters. */
export function viewerText(viewer: Viewer, analysis: AnalysisView): string {
  const { host, at } = analysis;
  const shown = viewer.lines.filter((line) => passes(line, viewer));
  return [
    `${host}: analysis ${viewer.id} of ${sayInstant(at)}`,
    [...sayAnalysis(analysis, at).slice(2), sayModel(analysis)].join("; "),
    ...[sayMissing(analysis)].filter(Boolean).map((missing) => `Missing: ${missing}`),
    "",
    ...viewer.found.flatMap((finding) => [findingText(viewer, finding, host), ""]),
    `Lines (${sayLines(viewer)}):`,
    ...shown.map(({ line, text }) => `${line}: ${text}`),
    "",
  ].join("\n");
}
