import type OpenAI from "openai";
import { type Clock, MINUTE, SECOND } from "../../../../shared/time.ts";
import { urlObjection } from "../../../outgoing/url.ts";
import { type Answer, answerJsonSchema, answerSchema, jsonIn } from "./answer.ts";
import { attempt, type Tried } from "./attempt.ts";
import { costOf, type Prices, type Usage } from "./budget.ts";
import type { Failed } from "./classify.ts";
import { faultOf, type FaultReason, type ModelFault } from "./fault.ts";
import { createGuard } from "./guard.ts";
import type { Question } from "./prompt.ts";
import { estimateTokens } from "./tokens.ts";

export interface ModelClientOptions {
  /** The part before `/chat/completions`, as in `https://api.openai.com/v1`. */
  url: string;
  /** Http to a private address is wanted. */
  allowHttp?: boolean;
  model: string;
  /** Local servers need none. */
  key?: string;
  prices?: Prices;
  /** The longest answer, in tokens. */
  answerTokens?: number;
  /** An answer in pieces shows a standstill sooner. */
  isStreaming?: boolean;
  /** For a question with all its tries. */
  timeoutMs?: number;
  /** How long an answer that has begun may stand still. */
  stallMs?: number;
  clock: Clock;
  random(): number;
}

export type Asked = { usage: Usage } & ({ ok: true; answer: Answer } | { ok: false; fault: ModelFault });

/** A server and one of its models. One client is made for both and kept: it learns what the server understands. */
export interface ModelClient {
  readonly model: string;
  readonly answerTokens: number;
  readonly prices?: Prices;
  /** Never throws. */
  ask(question: Question, signal?: AbortSignal): Promise<Asked>;
  /** Exactly what would be sent. */
  bodyOf(question: Question): OpenAI.ChatCompletionCreateParams;
  /** About how many tokens that is. */
  estimate(question: Question): number;
}

/** What a server is asked with: not all know everything. */
interface Way {
  format: "json_schema" | "json_object" | "none";
  limit: "max_tokens" | "max_completion_tokens";
  hasUsage: boolean;
}

const RETRIES = 2;
const LONGEST_PAUSE_MS = MINUTE;
const ANSWER_BYTES = 2 ** 21;

const worthRetrying = new Set<FaultReason>(["unreachable", "cut", "stalled", "rate-limited", "server-error"]);
/** What costs nothing if no word of an answer came: no model has thought about it. */
const free = new Set<FaultReason>([
  "unreachable",
  "tls",
  "unauthorized",
  "not-found",
  "redirect",
  "rate-limited",
  "quota",
  "html",
  "refused-request",
  "context-length",
  "server-error",
]);

export function createModelClient(options: ModelClientOptions): ModelClient {
  const { url, allowHttp = false, model, key = "", prices, isStreaming = true, clock, random } = options;
  const { answerTokens = 2_000, timeoutMs = 5 * MINUTE, stallMs = MINUTE } = options;
  const baseUrl = url.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  let known: Way = { format: "json_schema", limit: "max_tokens", hasUsage: true };

  const bodyOf = (question: Question, way = known): OpenAI.ChatCompletionCreateParams => ({
    model,
    messages: [
      { role: "system", content: question.system },
      { role: "user", content: question.user },
    ],
    [way.limit]: answerTokens,
    ...formatOf(way),
    ...(isStreaming ? { stream: true, ...(way.hasUsage ? { stream_options: { include_usage: true } } : {}) } : {}),
  });

  const estimate = ({ system, user }: Question): number => estimateTokens(system + user);

  async function tryOnce(question: Question, way: Way, leftMs: number, signal?: AbortSignal): Promise<Tried> {
    const guard = createGuard({ timeoutMs: leftMs, stallMs, answerBytes: ANSWER_BYTES }, clock, signal);
    const tried = await attempt({ baseUrl, key, body: bodyOf(question, way), guard });
    guard.close();
    return tried;
  }

  function usageOf(question: Question, tries: readonly Tried[]): Usage {
    const paid = tries.filter((tried) => tried.ok || tried.text !== "" || !free.has(tried.reason));
    const sum = (of: (tried: Tried) => number): number => paid.reduce((total, tried) => total + of(tried), 0);
    const tokensIn = sum(({ usage }) => usage?.tokensIn ?? estimate(question));
    const tokensOut = sum(({ usage, text }) => usage?.tokensOut ?? estimateTokens(text));
    return {
      tokensIn,
      tokensOut,
      isEstimated: paid.some(({ usage }) => !usage),
      ...costOf({ tokensIn, tokensOut }, prices),
    };
  }

  async function ask(question: Question, signal?: AbortSignal): Promise<Asked> {
    const tries: Tried[] = [];
    const fail = ({ reason, detail }: Failed): Asked => ({
      ok: false,
      fault: faultOf(reason, detail),
      usage: usageOf(question, tries),
    });
    const objection = urlObjection(baseUrl, allowHttp);
    if (objection) return fail({ reason: "bad-url", detail: objection });
    const until = clock.monotonic() + timeoutMs;
    let way = known;
    for (let retries = 0; ;) {
      const leftMs = until - clock.monotonic();
      const tried = await tryOnce(question, way, leftMs, signal);
      tries.push(tried);
      if (tried.ok) {
        known = way;
        const read = readAnswer(tried.text);
        return "reason" in read ? fail(read) : { ok: true, answer: read, usage: usageOf(question, tries) };
      }
      const simpler = tried.reason === "refused-request" ? simplerThan(way, tried.detail) : undefined;
      if (simpler) {
        way = simpler;
        continue;
      }
      const pauseMs = tried.retryAfterMs ?? SECOND * 4 ** retries * (0.5 + random() / 2);
      const isOver = retries++ >= RETRIES || pauseMs > LONGEST_PAUSE_MS || clock.monotonic() + pauseMs >= until;
      if (isOver || !worthRetrying.has(tried.reason)) return fail(tried);
      await pause(clock, pauseMs, signal);
      if (signal?.aborted) return fail({ reason: "cancelled", detail: "" });
    }
  }

  return { model, answerTokens, ...(prices ? { prices } : {}), ask, bodyOf: (question) => bodyOf(question), estimate };
}

function formatOf({ format }: Way): Pick<OpenAI.ChatCompletionCreateParams, "response_format"> {
  if (format === "none") return {};
  if (format === "json_object") return { response_format: { type: format } };
  return {
    response_format: { type: format, json_schema: { name: "findings", strict: true, schema: answerJsonSchema } },
  };
}

/** The next way to ask a server that refused this one; what it complains of says which part it doesn't know. */
function simplerThan(way: Way, complaint: string): Way | undefined {
  if (way.limit === "max_tokens" && complaint.includes("max_completion_tokens"))
    return { ...way, limit: "max_completion_tokens" };
  if (way.hasUsage && complaint.includes("stream_options")) return { ...way, hasUsage: false };
  if (way.format === "none") return undefined;
  return { ...way, format: way.format === "json_schema" ? "json_object" : "none" };
}

/** The answer in a model's text, checked against its shape whatever the server promised. */
function readAnswer(text: string): Answer | Failed {
  const json = jsonIn(text);
  if (json === undefined) return { reason: "not-json", detail: "" };
  const answer = answerSchema.safeParse(json);
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  return { reason: "wrong-shape", detail: issue?.path.map(String).join(".") ?? "" };
}

function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
