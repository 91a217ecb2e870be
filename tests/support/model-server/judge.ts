import type { Analysis, AnalystInput, ReportedFinding } from "../../../src/daemon/monitors/logs/model/analyst.ts";

/**
 * What must not be in an analysis, whatever the model said: a local finding that is missing or other than it was, a
 * quote that no line holds, a number that none bears out, a link, or a character that isn't text. Told by other means
 * than those of the code that it judges.
 */
export function wrongIn(analysis: Analysis, input: AnalystInput): string[] {
  const wrong = localsWrong(analysis, input);
  const locals = new Map(input.findings.map((finding) => [finding.key, finding]));
  for (const finding of analysis.findings) {
    const isLocal = finding.origin === "local";
    const texts = isLocal
      ? [finding.explanation, finding.recommendation]
      : [finding.title, finding.explanation, finding.recommendation];
    if (finding.quote !== undefined && !isQuoted(finding, input)) wrong.push(`nobody wrote: ${finding.quote}`);
    if (!isLocal && finding.quote === undefined) wrong.push(`without a quote: ${finding.title}`);
    if (!isLocal && finding.severity === "critical" && !restsOnCritical(finding, input))
      wrong.push(`critical by itself: ${finding.title}`);
    for (const key of finding.related ?? []) if (!locals.has(key)) wrong.push(`related to nothing: ${key}`);
    wrong.push(...texts.flatMap((text) => proseWrong(text ?? "", input)));
  }
  wrong.push(...proseWrong(analysis.summary ?? "", input));
  const bytes = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.exec(stringsIn(analysis).join(""));
  if (bytes) wrong.push(`a character that isn't text: ${bytes[0].codePointAt(0)?.toString(16)}`);
  return wrong;
}

function localsWrong({ findings }: Analysis, input: AnalystInput): string[] {
  return input.findings.flatMap((given, at) => {
    const shown = findings[at];
    if (!shown || shown.origin !== "local") return [`hidden: ${given.key}`];
    const changed = Object.keys(given).filter(
      (name) =>
        JSON.stringify(shown[name as keyof ReportedFinding]) !== JSON.stringify(given[name as keyof typeof given]),
    );
    return changed.map((name) => `changed: ${given.key} ${name}`);
  });
}

const linesOf = ({ findings, samples, templates }: AnalystInput): string[] =>
  [...findings.flatMap(({ evidence }) => evidence), ...samples, ...templates].map(({ text }) => text);

/** For a finding of the model's own, its evidence is where the quote stands; for another, any line of it. */
function isQuoted({ origin, quote = "", evidence, templates }: ReportedFinding, input: AnalystInput): boolean {
  const shapes = input.templates.filter(({ id }) => templates.includes(id)).map(({ text }) => text);
  const lines = origin === "local" ? linesOf(input) : [...evidence.map(({ text }) => text), ...shapes];
  return quote.length > 0 && lines.some((line) => spaced(line).includes(spaced(quote)));
}

function restsOnCritical({ quote = "" }: ReportedFinding, { findings, templates }: AnalystInput): boolean {
  const grave = findings.filter(({ severity }) => severity === "critical");
  const shapes = templates.filter(({ id }) => grave.some((finding) => finding.templates.includes(id)));
  const lines = [...grave.flatMap(({ evidence }) => evidence), ...shapes];
  return lines.some(({ text }) => spaced(text).includes(spaced(quote)));
}

const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Prose holds no markup and no link, and no row of digits that stands nowhere and is no sum of counts. */
function proseWrong(text: string, input: AnalystInput): string[] {
  const marked =
    /:\/\/|\bwww\.|\]\(|@(?:everyone|here|channel)|<[@!#]|<\/?(?:script|img|a|iframe)\b|javascript:|mailto:/i.exec(
      text,
    );
  const known = new Set(digitsIn(writtenIn(input)));
  const made = digitsIn(text).find((digits) => !known.has(digits) && !sumsOf(input).has(Number(digits)));
  return [
    ...(marked ? [`markup: ${marked[0]} in ${text}`] : []),
    ...(made === undefined ? [] : [`made up: ${made} in ${text}`]),
  ];
}

const writtenIn = (input: AnalystInput): string =>
  [
    ...linesOf(input),
    ...input.findings.map(({ title, why, key, count }) => `${title} ${why} ${key} ${count}`),
    ...input.templates.map(({ count, rate }) => `${count} ${rate}`),
  ].join("\n");

const digitsIn = (text: string): string[] => text.normalize("NFKC").match(/\p{Nd}+/gu) ?? [];

/** All that counts may add up to, and how many records there are at most. */
function sumsOf({ findings, templates, samples }: AnalystInput): Set<number> {
  const sums = new Set([0]);
  for (const { count } of [...findings, ...templates]) for (const sum of Array.from(sums)) sums.add(sum + count);
  const records =
    findings.length + templates.length + samples.length + findings.flatMap(({ evidence }) => evidence).length;
  for (const sum of Array.from(sums)) for (let extra = 1; extra <= records; extra++) sums.add(sum + extra);
  return sums;
}

const stringsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [name, ...stringsIn(inner)])
    : [];
};
