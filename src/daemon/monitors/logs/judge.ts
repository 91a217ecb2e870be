import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { LogSettings } from "../../../shared/analysing.ts";
import { logSeverities } from "../../../shared/words.ts";
import type { KeptFinding, KeptLine } from "../../../shared/api/logs.ts";
import type { Result } from "../../../shared/api/registry.ts";
import type { Analysis } from "../../../shared/model.ts";
import { defined } from "../../domain/decision.ts";
import type { Found } from "../../domain/finding.ts";
import { createBaseline } from "./baseline/baseline.ts";
import { createDetector } from "./detect/detector.ts";
import type { Analysis as Analysed, Analyst, AnalystInput, ReportedFinding } from "./model/analyst.ts";
import type { DigestTemplate } from "./model/digest.ts";
import { createChain, type Redaction, type Taken } from "./offline/chain.ts";
import type { Line } from "./read/lines.ts";
import type { MinerState } from "./templates/miner.ts";

/** What a host's lines came to. */
export interface Judgement {
  found: Found[];
  counts: Pick<Analysis, "sent" | "redactions" | "templates" | "newTemplates" | "model">;
  /** The findings and the lines that they cite; nothing, where there are none. */
  kept?: Uint8Array | undefined;
  /** All lines, as far as there is room, after the analysis' name; nothing, where none was read. */
  latest?: Uint8Array | undefined;
  /** What is known of the host's logs from here on. */
  baseline: Uint8Array;
}

/** Takes a host's lines as they are read, and says what they come to. */
export interface Judge {
  take(line: Line): void;
  /** By the name of the analysis. */
  finish(id: string, signal: AbortSignal): Promise<Judgement>;
  /** What the model would be sent. */
  preview(): Promise<Omit<Result<"logs.preview">, "host">>;
}

interface JudgeOptions {
  host: string;
  settings: LogSettings;
  redaction: Redaction;
  /** As the last look left it. */
  baseline: Uint8Array | undefined;
  now: number;
  analyst: Analyst;
}

/** So many lines before and after one that is cited are kept with it. */
const AROUND = 5;
const KEPT_LINES = 20_000;
const LATEST_BYTES = 8 * 1024 * 1024;
/** As many lines of new templates the model may be shown. */
const SAMPLES = 50;
/** The program gets on with something else after so many characters; a line counts as so many more. */
const AT_A_TIME = 65_536;
const LINE = 128;

/** What is known of a host's logs, from one look to the next. */
interface Known {
  miner: MinerState;
  baseline: string;
}

const zipped = promisify(gzip);
const unzipped = promisify(gunzip);
/** Does it with each line, and lets whatever else is ready go first now and then. */
export async function withEach<T>(all: Iterable<T>, lengthOf: (one: T) => number, work: (one: T) => void) {
  let room = 0;
  for (const one of all) {
    room -= LINE + lengthOf(one);
    if (room < 0) {
      await new Promise((resolve) => setImmediate(resolve));
      room = AT_A_TIME;
    }
    work(one);
  }
}

/** What was left by the last look. What can't be read counts as unknown: the host's logs are got to know anew. */
async function knownFrom(bytes: Uint8Array | undefined): Promise<Known | undefined> {
  if (!bytes) return undefined;
  try {
    return JSON.parse((await unzipped(bytes)).toString("utf8")) as Known;
  } catch {
    return undefined;
  }
}

/** Judges the lines of one look at a host: the chain, its baseline, and whatever the model adds. */
export async function createJudge({ host, settings, redaction, baseline, now, analyst }: JudgeOptions): Promise<Judge> {
  const known = await knownFrom(baseline);
  const chain = createChain({ ...redaction, now, detect: false, ...(known ? { miner: known.miner } : {}) });
  const taken: Taken[] = [];

  function take(line: Line): void {
    const one = chain.take(line);
    if (one) taken.push(one);
  }

  /** Templates are certain once all lines were seen, so what goes by them comes after. */
  async function settle() {
    const outcome = chain.finish();
    const usual = createBaseline({ now, ...(known ? { saved: known.baseline } : {}) });
    const detector = createDetector({ baseline: usual });
    const templates = new Map<string, DigestTemplate>();
    const texts = new Map(outcome.templates.map(({ id, text }) => [id, text]));
    await withEach(taken, lengthOf, ({ record, group }) => {
      const id = outcome.idOf(group);
      detector.take(record, id);
      const before = templates.get(id) ?? { id, text: texts.get(id) ?? "", count: 0, isNew: false };
      const severity = graver(before.severity, record.severity);
      templates.set(id, { ...before, count: before.count + 1, ...defined({ severity }) });
    });
    for (const [id, { isNew, rate }] of usual.scores()) {
      const times = rate && rate.count / Math.max(1, rate.usual);
      const one = templates.get(id);
      if (one) templates.set(id, { ...one, isNew, ...defined({ rate: times }) });
    }
    const findings = detector.finish();
    const input: AnalystInput = {
      host: { name: host },
      findings,
      templates: [...templates.values()],
      samples: samplesOf(taken, (group) => templates.get(outcome.idOf(group))?.isNew === true),
      totals: { lines: outcome.lines },
      note: settings.prompt,
      isModelWanted: settings.model ?? true,
    };
    return { outcome, usual, templates, input };
  }

  return {
    take,
    async finish(id, signal) {
      const { outcome, usual, templates, input } = await settle();
      const analysed = await analyst.analyse({ ...input, signal });
      const found = analysed.findings.map((finding) => foundOf(host, finding));
      const lineOf: LineOf = ({ record: { line, text, at, severity }, group }) => ({
        line,
        text,
        ...defined({ at, severity, template: outcome.idOf(group) }),
      });
      return {
        found,
        counts: {
          sent: analysed.sent,
          redactions: outcome.redactions.total,
          templates: templates.size,
          newTemplates: [...templates.values()].filter(({ isNew }) => isNew).length,
          ...defined({ model: modelOf(analysed) }),
        },
        kept:
          found.length > 0
            ? await packed([
                ...found.map((one, i) => ({ finding: { ...one, ...defined({ quote: analysed.findings[i]?.quote }) } })),
                ...citedBy(found, taken, lineOf),
              ])
            : undefined,
        latest: taken.length > 0 ? await packed([{ analysis: id }, ...lastOf(taken, lineOf)]) : undefined,
        baseline: await zipped(JSON.stringify({ miner: outcome.save(), baseline: usual.save() } satisfies Known)),
      };
    },
    async preview() {
      const { input } = await settle();
      const { body, tokens, cost, records, hindrance } = analyst.preview(input);
      return {
        records,
        tokensIn: tokens.in,
        tokensAtMost: tokens.atMost,
        // As JSON has it.
        ...defined({ reason: hindrance, cost, body: body && (JSON.parse(JSON.stringify(body)) as object as never) }),
      };
    },
  };
}

const lengthOf = ({ record }: Taken): number => record.text.length;
const rank = (severity: DigestTemplate["severity"]): number =>
  severity === undefined ? logSeverities.length : logSeverities.indexOf(severity);
const graver = (a: DigestTemplate["severity"], b: DigestTemplate["severity"]) => (rank(b) < rank(a) ? b : a);

/** The first lines that are of new templates. */
function samplesOf(taken: readonly Taken[], isNew: (group: number) => boolean): AnalystInput["samples"] {
  const seen = new Set<number>();
  const samples: { line: number; text: string }[] = [];
  for (const { record, group } of taken) {
    if (samples.length >= SAMPLES) break;
    if (seen.has(group) || !isNew(group)) continue;
    seen.add(group);
    samples.push({ line: record.line, text: record.text });
  }
  return samples;
}

/** The same trouble of a host has the same id, whatever its key is made of. */
const idOf = (host: string, key: string): string =>
  `${host}:${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;

/** The lines themselves aren't part of a finding: their numbers are. */
function foundOf(host: string, finding: ReportedFinding): Found {
  const { key, rule, origin, severity, score, title, why, count, templates } = finding;
  const { source, user, firstAt, lastAt, explanation, recommendation } = finding;
  return {
    id: idOf(host, key),
    key,
    rule,
    origin,
    severity,
    score,
    title,
    why,
    count,
    evidence: finding.evidence.map(({ line }) => line),
    templates: [...templates],
    ...defined({ source, user, firstAt, lastAt, explanation, recommendation }),
  };
}

function modelOf({ model, usage, isCached, fault }: Analysed): Analysis["model"] {
  if (model === undefined) return undefined;
  const { tokensIn = 0, tokensOut = 0, cost } = usage ?? {};
  const cached = isCached ? (true as const) : undefined;
  return { name: model, tokensIn, tokensOut, ...defined({ cost, cached, fault: fault?.message }) };
}

type Entry = { analysis: string } | { finding: KeptFinding } | { record: KeptLine };
type LineOf = (taken: Taken) => KeptLine;

/** The lines that findings cite, with those around them. */
function citedBy(found: readonly Found[], taken: readonly Taken[], lineOf: LineOf): Entry[] {
  const cited = new Set(found.flatMap(({ evidence }) => evidence));
  const near = new Set(
    [...cited].flatMap((line) => Array.from({ length: 2 * AROUND + 1 }, (_, i) => line - AROUND + i)),
  );
  const entries: Entry[] = [];
  for (const one of taken) {
    const { line } = one.record;
    if (entries.length >= KEPT_LINES) break;
    if (near.has(line)) entries.push({ record: { ...lineOf(one), ...(cited.has(line) ? { cited: true } : {}) } });
  }
  return entries;
}

/** The last lines, as many as there is room for. */
function lastOf(taken: readonly Taken[], lineOf: LineOf): Entry[] {
  let left = LATEST_BYTES;
  let from = taken.length;
  while (from > 0 && (left -= taken[from - 1]?.record.text.length ?? 0) > 0) from--;
  return taken.slice(from).map((one) => ({ record: lineOf(one) }));
}

async function packed(entries: readonly Entry[]): Promise<Uint8Array> {
  const texts: string[] = [];
  await withEach(
    entries,
    (entry) => ("record" in entry ? entry.record.text.length : 0),
    (entry) => void texts.push(JSON.stringify(entry)),
  );
  return zipped(texts.map((text) => `${text}\n`).join(""));
}
