import { type Clock, formatDuration, MINUTE } from "../../../../shared/time.ts";
import type { LocalFinding } from "../finding.ts";
import { budgetFault, costOf, type Limits, spend, type Spent, type Usage } from "./budget.ts";
import type { AnswerCache } from "./cache.ts";
import type { ModelClient } from "./client.ts";
import { DIGEST_TOKENS, type Digest, type DigestInput, digestOf } from "./digest.ts";
import { faultOf, type FaultReason, type ModelFault } from "./fault.ts";
import { PROMPT_VERSION, type Question, questionOf } from "./prompt.ts";
import { mostTokens } from "./tokens.ts";
import { type Dropped, type Note, type Verified, verify } from "./verify.ts";

/** A finding as it is reported: the analyser's with what the model adds, or the model's own. */
export interface ReportedFinding extends LocalFinding, Partial<Note> {
  origin: "local" | "model";
}

export interface AnalystOptions {
  /** Absent: no model is configured. */
  client?: ModelClient | undefined;
  limits: Limits;
  /** What was used, kept by the caller; `keep` is called before and after a call. */
  budget: { spent(): Spent | undefined; keep(spent: Spent): void };
  cache: AnswerCache;
  clock: Clock;
  /** Numbers from 0 to 1 that nobody can guess. */
  random(): number;
}

export interface AnalystInput extends DigestInput {
  /** What the administrator wants the model to know of this host. */
  note?: string | undefined;
  /** False keeps this host's lines from the model. */
  isModelWanted?: boolean;
  signal?: AbortSignal;
}

export interface Analysis {
  /** All local findings, as grave as they were, then the model's own. */
  findings: readonly ReportedFinding[];
  /** In the model's words; absent unless all else that it said checks. */
  summary?: string;
  /** Of this call; absent if nothing was asked. */
  usage?: Usage;
  /** The model that was asked, or whose answer was kept. */
  model?: string;
  /** How many records were sent, or would have been but for the cache. */
  sent: number;
  /** Why there is no answer. */
  fault?: ModelFault;
  isCached: boolean;
  /** Why findings of the model's were thrown away. */
  dropped: readonly Dropped[];
}

/** What would be sent, and what that would cost. */
export interface Preview {
  /** The body of the request; the records' numbers are drawn anew for each. */
  body: object | undefined;
  /** Tokens about, and at most with the longest answer; the cost is that of about so many and the longest answer. */
  tokens: { in: number; atMost: number };
  cost?: number;
  records: number;
  omitted: Digest["omitted"];
  /** Why nothing would be sent just now. */
  hindrance?: string;
}

export interface Analyst {
  /** Asks the model if there is something to say. Never throws: without an answer the local findings stand. */
  analyse(input: AnalystInput): Promise<Analysis>;
  preview(input: AnalystInput): Preview;
}

/** A server that doesn't answer isn't asked for so long: whoever waits for it waits in vain, and so does the next host. */
const REST_MS = 5 * MINUTE;
const unanswered = new Set<FaultReason>(["unreachable", "timeout", "stalled", "cut", "server-error", "rate-limited"]);
/** The least of a digest that is worth a call. */
const LEAST_TOKENS = 1_000;

interface Prepared {
  digest: Digest;
  question: Question;
  hash: string;
  /** In and out together, at most. */
  tokens: number;
}

export function createAnalyst({ client, limits, budget, cache, clock, random }: AnalystOptions): Analyst {
  let rest: { until: number; fault?: ModelFault } = { until: -Infinity };

  function prepare(input: AnalystInput, asked: ModelClient): Prepared | ModelFault {
    const empty = digestOf({ ...input, findings: [], templates: [], samples: [] }, random, 0);
    const { system, user } = questionOf(input.host.name, empty, input.note, random);
    const overhead = mostTokens(system) + mostTokens(user) + asked.answerTokens;
    const room = Math.min(DIGEST_TOKENS, limits.tokensPerCall - overhead);
    if (room < LEAST_TOKENS)
      return faultOf(
        "budget",
        `a call takes at least ${overhead + LEAST_TOKENS} tokens, and may take ${limits.tokensPerCall}`,
      );
    const digest = digestOf(input, random, room);
    const question = questionOf(input.host.name, digest, input.note, random);
    const tokens = mostTokens(question.system) + mostTokens(question.user) + asked.answerTokens;
    return { digest, question, tokens, hash: `${asked.model} ${PROMPT_VERSION} ${digest.hash} ${input.note ?? ""}` };
  }

  const hindered = (input: AnalystInput, tokens: number): ModelFault | undefined =>
    clock.monotonic() < rest.until
      ? rest.fault
      : budgetFault(budget.spent(), { host: input.host.name, tokens, now: clock.now(), limits });

  async function ask(input: AnalystInput, asked: ModelClient): Promise<Analysis> {
    const model = asked.model;
    const prepared = prepare(input, asked);
    if ("reason" in prepared) return { ...alone(input), model, fault: prepared };
    const { digest, question, hash, tokens } = prepared;
    const sent = digest.records.length;
    const known = cache.get(hash, digest);
    if (known) return { ...joined(input, verify(known, digest, input.findings)), model, sent, isCached: true };
    const fault = hindered(input, tokens);
    if (fault) return { ...alone(input), model, fault };
    // Set aside at its most, so that calls at the same time keep to the budget together.
    const host = input.host.name;
    budget.keep(spend(budget.spent(), host, tokens, clock.now()));
    const { usage, ...outcome } = await asked.ask(question, input.signal);
    budget.keep(spend(budget.spent(), host, usage.tokensIn + usage.tokensOut - tokens, clock.now()));
    if (!outcome.ok && unanswered.has(outcome.fault.reason)) {
      const message = `${outcome.fault.message}; it isn't asked for ${formatDuration(REST_MS)}`;
      rest = { until: clock.monotonic() + REST_MS, fault: { ...outcome.fault, message } };
    }
    if (!outcome.ok) return { ...alone(input), model, sent, usage, fault: outcome.fault };
    cache.set(hash, digest, outcome.answer);
    return { ...joined(input, verify(outcome.answer, digest, input.findings)), model, sent, usage };
  }

  return {
    async analyse(input) {
      return client && hindranceOf(input) === undefined ? ask(input, client) : alone(input);
    },
    preview(input) {
      const nothing = { body: undefined, tokens: { in: 0, atMost: 0 }, records: 0 };
      const omitted = { findings: 0, templates: 0, samples: 0 };
      if (!client) return { ...nothing, omitted, hindrance: "no model is configured" };
      const prepared = prepare(input, client);
      if ("reason" in prepared) return { ...nothing, omitted, hindrance: prepared.message };
      const { digest, question, tokens, hash } = prepared;
      const body = client.bodyOf(question);
      const tokensIn = client.estimate(question);
      const isKnown = cache.get(hash, digest) !== undefined;
      const hindrance =
        hindranceOf(input) ??
        (isKnown ? "the same was asked before, and its answer kept" : hindered(input, tokens)?.message);
      return {
        body,
        tokens: { in: tokensIn, atMost: tokens },
        ...costOf({ tokensIn, tokensOut: client.answerTokens }, client.prices),
        records: digest.records.length,
        omitted: digest.omitted,
        ...(hindrance === undefined ? {} : { hindrance }),
      };
    },
  };
}

/** Why the model isn't asked about this. */
function hindranceOf({ findings, templates, isModelWanted = true }: AnalystInput): string | undefined {
  if (!isModelWanted) return "the model is switched off for this host";
  const isNews = findings.length > 0 || templates.some(({ isNew, rate }) => isNew || rate !== undefined);
  return isNews ? undefined : "there is nothing to say: no finding, no new or changed template";
}

/** What stands without a model. */
const alone = ({ findings }: DigestInput): Analysis => ({
  findings: findings.map((finding) => ({ ...finding, origin: "local" })),
  sent: 0,
  isCached: false,
  dropped: [],
});

/** Local findings with what the model adds to them, then its own. Nothing here takes from a local finding. */
function joined(input: DigestInput, { notes, own, dropped, summary }: Verified): Analysis {
  const local = input.findings.map((finding): ReportedFinding => ({
    ...notes.get(finding.key),
    ...finding,
    origin: "local",
  }));
  const added = own.map(({ finding, ...note }): ReportedFinding => ({ ...note, ...finding, origin: "model" }));
  return { ...alone(input), findings: [...local, ...added], dropped, ...(summary ? { summary } : {}) };
}
