import { createHash } from "node:crypto";
import type { Severity } from "../../../../shared/model.ts";
import type { LocalFinding } from "../finding.ts";
import type { Answer, AnswerFinding } from "./answer.ts";
import { type Support, unsupported } from "./claims.ts";
import type { Digest, DigestRecord } from "./digest.ts";
import { plain, prose } from "./text.ts";

/** A part of a finding that isn't shown, because it says what no record bears out. */
export type Withheld = "explanation" | "recommendation" | "numbers";

/** What a model says of findings, as far as its evidence checks. */
export interface Verified {
  /** By the key of the local finding that it explains. */
  notes: ReadonlyMap<string, Note>;
  /** What it found by itself. */
  own: readonly OwnFinding[];
  /** Absent unless all that it said checks. */
  summary?: string;
  /** Why findings were thrown away, in order. */
  dropped: readonly Dropped[];
}

export type Dropped = "no records" | "quote" | "title" | "too many";

export interface Note {
  explanation?: string;
  recommendation?: string;
  /** The passage of the log that it rests on. */
  quote: string;
  /** Other local findings that it is said to belong with. */
  related: readonly string[];
  withheld: readonly Withheld[];
}

export interface OwnFinding extends Note {
  finding: LocalFinding;
}

const FINDINGS = 20;
const RECORDS = 20;
/** Shorter passages are found anywhere. A line that is shorter is quoted whole. */
const QUOTE_LENGTH = 10;
const lengths = { title: 160, quote: 300, explanation: 1_000, recommendation: 600, summary: 600 };

interface Checked {
  said: AnswerFinding;
  title: string;
  cited: readonly DigestRecord[];
  quoted: DigestRecord;
  note: Note;
}

/**
 * Holds an answer to its evidence: each quote must stand in a record that is cited, each number and name in what is
 * cited or be worked out from it. It can't lower or hide a local finding, as what it says only ever is added to them.
 */
export function verify(answer: Answer, digest: Digest, findings: readonly LocalFinding[]): Verified {
  const dropped: Dropped[] = [];
  const notes = new Map<string, Note>();
  const own = new Map<string, OwnFinding>();
  for (const said of answer.findings.slice(0, FINDINGS)) {
    const checked = check(said, digest, findings);
    if (typeof checked === "string") {
      dropped.push(checked);
      continue;
    }
    const explained = explainedBy(checked);
    for (const key of explained) if (!notes.has(key)) notes.set(key, relating(checked.note, key));
    if (explained.length > 0) continue;
    const finding = ownFinding(checked, digest, findings);
    if (!own.has(finding.key)) own.set(finding.key, { ...checked.note, finding });
  }
  if (answer.findings.length > FINDINGS) dropped.push("too many");
  const isClean =
    dropped.length === 0 && [...notes.values(), ...own.values()].every(({ withheld }) => withheld.length === 0);
  const summary = isClean && notes.size + own.size > 0 ? summaryOf(answer, digest, findings) : undefined;
  return { notes, own: [...own.values()], dropped, ...(summary ? { summary } : {}) };
}

/** One finding as far as it holds, or why it doesn't. */
function check(said: AnswerFinding, { records }: Digest, findings: readonly LocalFinding[]): Checked | Dropped {
  const wanted = new Set(said.records.slice(0, RECORDS));
  const cited = records.filter(({ number }) => wanted.has(number));
  if (cited.length === 0) return "no records";
  const quote = plain(said.quote).slice(0, lengths.quote);
  const quoted = cited.find((record) => isQuoted(record, quote));
  if (!quoted) return "quote";
  const { support, isWrong } = supportOf(said, cited, records, findings);
  const title = prose(said.title, lengths.title);
  if (!title || unsupported(title, support) !== undefined) return "title";
  const withheld: Withheld[] = isWrong ? ["numbers"] : [];
  function part(name: "explanation" | "recommendation"): { [name: string]: string } {
    const text = prose(said[name], lengths[name]);
    if (!text) return {};
    if (unsupported(text, support) === undefined) return { [name]: text };
    withheld.push(name);
    return {};
  }
  const keys = new Set(findings.map(({ key }) => key));
  const related = [...new Set(said.groups)].filter((key) => keys.has(key));
  const note = { ...part("explanation"), ...part("recommendation"), quote, related, withheld };
  return { said, title, cited, quoted, note };
}

function isQuoted({ kind, text }: DigestRecord, quote: string): boolean {
  if (kind === "finding" || !text.includes(quote)) return false;
  return quote.length >= QUOTE_LENGTH ? /\p{L}/u.test(quote) : quote !== "" && quote === text;
}

const ownersOf = (cited: readonly DigestRecord[]): Set<string> => new Set(cited.flatMap((record) => record.findings));

/** What the cited records bear out: their texts and counts, the findings that they belong to, and sums that add up. */
function supportOf(
  { numbers: claims }: AnswerFinding,
  cited: readonly DigestRecord[],
  records: readonly DigestRecord[],
  findings: readonly LocalFinding[],
): { support: Support; isWrong: boolean } {
  const owners = ownersOf(cited);
  const owning = findings.filter(({ key }) => owners.has(key));
  const texts = [...cited.map(({ label }) => label), ...owning.flatMap(({ title, why }) => [title, why])];
  const counts = [...cited, ...owning].map(({ count }) => count);
  const isCited = new Set(cited.map(({ number }) => number));
  const sums = claims.slice(0, RECORDS).map(({ value, records: named }) => {
    const numbers = new Set(named.slice(0, RECORDS));
    const added = records.filter(({ number }) => numbers.has(number) && isCited.has(number));
    const isRight =
      unsupported(String(value), { texts: added.map(({ text }) => text), numbers: [] }) === undefined ||
      (added.length > 0 && (value === added.length || value === added.reduce((sum, { count }) => sum + count, 0)));
    return isRight ? value : undefined;
  });
  const right = sums.filter((value) => value !== undefined);
  return { support: { texts, numbers: [...counts, ...right] }, isWrong: right.length < sums.length };
}

/** The local findings that it speaks of: those whose own lines it quotes, and which it names or can only mean. */
function explainedBy({ said: { groups }, quoted: { findings: owners } }: Checked): readonly string[] {
  if (groups.length === 0) return owners.length === 1 ? owners : [];
  return owners.filter((key) => groups.includes(key));
}

const relating = (note: Note, key: string): Note => ({
  ...note,
  related: note.related.filter((other) => other !== key),
});

/** A finding of the model's own. It is at most a warning, unless it rests on what is critical anyway. */
function ownFinding(
  { said, title, cited, quoted, note }: Checked,
  { records }: Digest,
  findings: readonly LocalFinding[],
): LocalFinding {
  const isGrave = findings.some(({ key, severity }) => severity === "critical" && quoted.findings.includes(key));
  const severity: Severity = said.severity === "critical" && !isGrave ? "warning" : said.severity;
  // A line that is cited is one of those that its template counts.
  const countOf = (kind: DigestRecord["kind"]): number =>
    cited.reduce((sum, record) => sum + (record.kind === kind ? record.count : 0), 0);
  const templates = new Set(cited.flatMap(({ template }) => template ?? []));
  const lines = records
    .filter((record) => cited.includes(record) || (record.template !== undefined && templates.has(record.template)))
    .flatMap(({ line, text }) => (line === undefined ? [] : [{ line, text }]));
  return {
    key: `model:${hashOf(quoted.template ?? shapeOf(note.quote))}`,
    rule: "model",
    severity,
    score: { critical: 80, warning: 50, info: 20 }[severity],
    title,
    why: `The log says: ${note.quote}`,
    count: countOf("template") || countOf("line"),
    evidence: lines.toSorted((a, b) => a.line - b.line).slice(0, 20),
    templates: [...templates],
  };
}

/** The same for lines of one kind: the model finds the same trouble again under the same key. */
const shapeOf = (quote: string): string => quote.toLowerCase().replace(/[0-9a-f]*\d[0-9a-f]*/g, "0");

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** The whole in the model's words, if its numbers and names are those of the local findings. */
function summaryOf({ summary }: Answer, digest: Digest, findings: readonly LocalFinding[]): string | undefined {
  const text = prose(summary, lengths.summary);
  const texts = [...findings.flatMap(({ title, why }) => [title, why]), ...digest.records.map(({ label }) => label)];
  const numbers = [findings.length, ...findings.map(({ count }) => count), ...digest.records.map(({ count }) => count)];
  return unsupported(text, { texts, numbers }) === undefined ? text : undefined;
}
