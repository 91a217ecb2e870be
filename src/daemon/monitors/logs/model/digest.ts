import { createHash } from "node:crypto";
import type { Severity } from "../../../../shared/model.ts";
import type { LocalFinding } from "../finding.ts";
import type { LogSeverity } from "../record.ts";
import { cut, plain } from "./text.ts";
import { bytesWithin, estimateTokens, mostTokens } from "./tokens.ts";

/** What is known of a host's log after a run. Everything in it is redacted. */
export interface DigestInput {
  host: { name: string };
  findings: readonly LocalFinding[];
  templates: readonly DigestTemplate[];
  /** Lines worth seeing that no finding cites: of new templates, mostly. */
  samples: readonly Sample[];
  totals: { lines: number };
}

interface Sample {
  line: number;
  text: string;
  /** A finding of the model's that quotes the template shows the line. */
  template?: string;
}

export interface DigestTemplate {
  id: string;
  text: string;
  /** How many lines are of it. */
  count: number;
  isNew: boolean;
  /** How many times its usual rate, where that changed. */
  rate?: number;
  severity?: LogSeverity;
}

/** What a model may cite. */
export interface DigestRecord {
  /** Drawn at random for each call, so that no line of a log can name it. */
  number: number;
  kind: "finding" | "line" | "template";
  /** What stands behind the number in the digest. */
  label: string;
  /** What the log says, or for a finding what we say: quotes are looked up here. */
  text: string;
  /** How many lines it stands for. */
  count: number;
  /** Where a line was. */
  line?: number;
  template?: string;
  /** The keys of the local findings that it belongs to. */
  findings: readonly string[];
}

export interface Digest {
  /** In the order of the text. */
  records: readonly DigestRecord[];
  /** A line a record, and how much was left out. */
  text: string;
  /** About how many tokens, and how many at most. */
  tokens: number;
  mostTokens: number;
  omitted: { findings: number; templates: number; samples: number };
  /** The same for the same content, whatever the numbers. */
  hash: string;
}

type Draft = Omit<DigestRecord, "number">;

/** The default of a call. */
export const DIGEST_TOKENS = 6_000;
const TEXT_LENGTH = 300;
/** How many lines the first finding of a rule brings along, and how many each other one. */
const EVIDENCE = { first: 3, other: 1 };
/** The line about what was left out. */
const FOOTER_BYTES = 160;
const ranks: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };
const graveness: Partial<Record<LogSeverity, number>> = { emerg: 0, alert: 0, crit: 0, err: 1, warning: 2 };

/** What a model is told of a log: numbered records within so many tokens at their worst, what matters most first. */
export function digestOf(input: DigestInput, random: () => number, limitTokens = DIGEST_TOKENS): Digest {
  const room = bytesWithin(limitTokens) - FOOTER_BYTES;
  const findings = input.findings.toSorted((a, b) => ranks[a.severity] - ranks[b.severity] || b.score - a.score);
  const templates = input.templates.toSorted((a, b) => compare(interestOf(a), interestOf(b)));
  const owners = new Map<string, string[]>();
  for (const { key, templates: ids } of findings)
    for (const id of new Set(ids)) owners.set(id, [...(owners.get(id) ?? []), key]);
  const taken = new Map<string, Draft>();
  let usedBytes = 0;

  /** Takes whole groups for as long as they fit; says how many were left. */
  function take(groups: readonly Draft[][], share: number): number {
    for (const [at, group] of groups.entries()) {
      const added = group.filter((draft) => !taken.has(draft.label));
      const bytes = added.reduce((sum, draft) => sum + Buffer.byteLength(`00000 ${draft.label}\n`), 0);
      if (usedBytes + bytes > room * share) return groups.length - at;
      usedBytes += bytes;
      for (const draft of group) {
        const known = taken.get(draft.label);
        const keys = new Set([...(known?.findings ?? []), ...draft.findings]);
        taken.set(draft.label, { ...draft, ...known, findings: [...keys] });
      }
    }
    return 0;
  }

  const omitted = {
    findings: take(findings.map(draftsOf), templates.length > 0 ? 0.5 : 1),
    templates: take(
      templates.map((template) => [templateDraft(template, owners.get(template.id))]),
      0.9,
    ),
    samples: take(
      input.samples.map((sample) => [lineDraft(sample)]),
      1,
    ),
  };
  const drafts = [...taken.values()];
  const numbers = draw(drafts.length, random);
  const footer = footerOf(omitted, input.totals.lines);
  const records = drafts.map((draft, at) => ({ ...draft, number: numbers[at] ?? 0 }));
  const text = [...records.map(({ number, label }) => `${number} ${label}`), footer].join("\n");
  return {
    records,
    text,
    tokens: estimateTokens(text),
    mostTokens: mostTokens(text),
    omitted,
    hash: createHash("sha256")
      .update([...taken.keys()].join("\n"))
      .digest("hex"),
  };
}

/** A finding, and some of the lines that bear it out. */
function draftsOf(
  { key, rule, severity, title, why, count, evidence }: LocalFinding,
  at: number,
  all: readonly LocalFinding[],
): Draft[] {
  const isFirst = all.findIndex((other) => other.rule === rule) === at;
  const text = cut(plain(`${title}; ${why}`), TEXT_LENGTH * 2);
  const label = `finding ${severity}, ${count} lines, key ${cut(plain(key), 200)}: ${text}`;
  const cited = evidence.slice(0, isFirst ? EVIDENCE.first : EVIDENCE.other).map((one) => lineDraft(one, key));
  return [{ kind: "finding", label, text, count, findings: [key] }, ...cited];
}

function lineDraft({ line, text: given, template }: Sample, key?: string): Draft {
  const text = cut(plain(given), TEXT_LENGTH);
  const findings = key === undefined ? [] : [key];
  return {
    kind: "line",
    label: `line: ${text}`,
    text,
    count: 1,
    line,
    findings,
    ...(template === undefined ? {} : { template }),
  };
}

function templateDraft({ id, text: given, count, isNew, rate }: DigestTemplate, findings: string[] = []): Draft {
  const text = cut(plain(given), TEXT_LENGTH);
  const change = rate === undefined ? "" : `, ${Math.round(rate * 10) / 10} times its usual rate`;
  const label = `template${isNew ? " new" : ""}, ${count} lines${change}: ${text}`;
  return { kind: "template", label, text, count, template: id, findings };
}

/** New before changed before the rest; then the grave, then the rare. */
const interestOf = ({ isNew, rate, severity, count }: DigestTemplate): number[] => [
  isNew ? 0 : rate === undefined ? 2 : 1,
  (severity && graveness[severity]) ?? 3,
  count,
];

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, at) => value - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;

/** So many different numbers of five digits. */
function draw(count: number, random: () => number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(10_000 + Math.floor(random() * 90_000));
  return [...drawn];
}

function footerOf({ findings, templates, samples }: Digest["omitted"], lines: number): string {
  const left = [`${findings} findings`, `${templates} templates`, `${samples} lines`].filter(
    (part) => !part.startsWith("0 "),
  );
  return `(of ${lines} lines read; ${left.length > 0 ? `left out for room: ${left.join(", ")}` : "nothing left out"})`;
}
