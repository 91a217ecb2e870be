import { createDetector } from "../detect/detector.ts";
import type { LocalFinding } from "../finding.ts";
import { createParser } from "../formats/parse.ts";
import { clean } from "../read/clean.ts";
import type { Line } from "../read/lines.ts";
import type { LogRecord, Template } from "../record.ts";
import { createRedactor } from "../redact/redactor.ts";
import { createMiner } from "../templates/miner.ts";
import type { Miner, MinerState } from "../templates/miner.ts";

/** How secrets are replaced, and what else. */
export type Redaction = Parameters<typeof createRedactor>[0];

export interface ChainOptions extends Redaction {
  /** Epoch ms: it tells the year of times that name none. */
  now: number;
  /** The lines have no headers. */
  messageOnly?: boolean;
  /** What was learnt before. */
  miner?: MinerState;
  /** Whether findings are wanted. */
  detect?: boolean;
}

/** What a line came to. */
export interface Taken {
  record: LogRecord;
  /** The miner's group; `idOf` of the result says of which template. */
  group: number;
}

/** What all the lines came to. */
export interface Outcome {
  lines: number;
  /** Lines that were too long to be looked at. */
  withheld: number;
  /** When the first and the last record was written, epoch ms, as far as they say so. */
  firstAt?: number;
  lastAt?: number;
  redactions: { total: number; byKind: ReadonlyMap<string, number> };
  /** The most frequent first. */
  templates: Template[];
  idOf: Miner["idOf"];
  findings: LocalFinding[];
  save: Miner["save"];
}

export interface Chain {
  /** The next line; undefined if it is withheld. */
  take(line: Line): Taken | undefined;
  finish(): Outcome;
}

/** So many lines, or characters, wait at a time. */
const WAITING = 1_024;
const WAITING_LENGTH = 1024 * 1024;

/** A log from lines to findings, as a stream: cleaned, redacted as a whole, and only then taken apart, mined and judged. */
export function createChain({
  now,
  messageOnly = false,
  miner: known,
  detect = true,
  ...redaction
}: ChainOptions): Chain {
  const redactor = createRedactor(redaction);
  const parser = createParser({ now, messageOnly });
  const miner = createMiner(known);
  const detector = detect ? createDetector() : undefined;
  // Lines wait until the miner has seen what they have in common: a template is counted as one from its first line on.
  let waiting: Taken[] = [];
  let waitingLength = 0;
  /** A group of each id that was told: two may be one template by the end. */
  const groupOf = new Map<string, number>();
  let lines = 0;
  let withheld = 0;
  let firstAt: number | undefined;
  let lastAt: number | undefined;

  /** What JSON had escaped was not to be seen before: it is redacted now. */
  function unescaped(record: LogRecord): LogRecord {
    const { text, message, fields = {} } = record;
    if (!text.includes("\\")) return record;
    const seen = (part: string): string => (text.includes(part) ? part : redactor.redact(part));
    const values = Object.entries(fields).map(([name, value]) => [name, seen(value)]);
    return { ...record, message: seen(message), ...(record.fields && { fields: Object.fromEntries(values) }) };
  }

  function judge(): void {
    miner.settle();
    for (const { record, group } of waiting) {
      const template = miner.idOf(group);
      groupOf.set(template, group);
      detector?.take(record, template);
    }
    waiting = [];
    waitingLength = 0;
  }

  function wait(taken: Taken): void {
    waiting.push(taken);
    waitingLength += taken.record.text.length;
    if (waiting.length >= WAITING || waitingLength >= WAITING_LENGTH) judge();
  }

  /** The ids by now, of those that were told. */
  const current = (template: string): string => {
    const group = groupOf.get(template);
    return group === undefined ? template : miner.idOf(group);
  };

  function take(line: Line): Taken | undefined {
    lines += 1;
    if (typeof line !== "string") {
      withheld += 1;
      return undefined;
    }
    const text = redactor.redact(clean(line));
    const record = unescaped(parser.parse(text, lines));
    const group = miner.take(record.message);
    if (detector) wait({ record, group });
    if (record.at !== undefined) {
      if (firstAt === undefined || record.at < firstAt) firstAt = record.at;
      if (lastAt === undefined || record.at > lastAt) lastAt = record.at;
    }
    return { record, group };
  }

  return {
    take,
    finish() {
      judge();
      const findings = new Map<string, LocalFinding>();
      for (const finding of detector?.finish() ?? []) {
        const templates = [...new Set(finding.templates.map(current))];
        const key = finding.key.replace(/[^:]*$/, current);
        // The weightiest comes first.
        if (!findings.has(key)) findings.set(key, { ...finding, key, templates });
      }
      return {
        lines,
        withheld,
        ...(firstAt !== undefined && { firstAt }),
        ...(lastAt !== undefined && { lastAt }),
        redactions: { total: redactor.total, byKind: redactor.byKind },
        templates: miner.templates(),
        idOf: miner.idOf,
        findings: [...findings.values()],
        save: miner.save,
      };
    },
  };
}
