import type OpenAI from "openai";
import { z } from "zod";
import { type Failed, failedBy, lost } from "./classify.ts";
import type { Guard } from "./guard.ts";

/** A model's text, as far as it came. */
export interface Told {
  text: string;
  /** What the server counted. */
  usage?: { tokensIn: number; tokensOut: number };
}

/** What came of one request. */
export type Tried = (Told & { ok: true }) | (Told & Failed & { ok: false });

export interface Attempt {
  baseUrl: string;
  key: string;
  body: OpenAI.ChatCompletionCreateParams;
  guard: Guard;
}

const part = z.object({ content: z.string().nullish(), refusal: z.string().nullish() });
const count = z.number().int().nonnegative().max(10_000_000);
/** Of an answer in one piece, or of one of many. */
const piece = z.object({
  choices: z
    .array(z.object({ message: part.nullish(), delta: part.nullish(), finish_reason: z.string().nullish() }))
    .nullish(),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(undefined),
});

/** No time limit of the library's own: it would be a real timer, and longer than any of ours. */
const NO_LIMIT_MS = 2 ** 31 - 1;
/** It refuses to be made without one; local servers want none. */
const DUMMY_KEY = "none";

/** Asks once. Whatever happens is told, nothing thrown. */
export async function attempt({ baseUrl, key, body, guard }: Attempt): Promise<Tried> {
  const told: Told = { text: "" };
  const fail = (failed: Failed): Tried => {
    const reason = guard.reason();
    return { ...told, ...(reason ? { reason, detail: "" } : failed), ok: false };
  };
  const { default: Library, APIError, APIConnectionError } = await import("openai");
  let hasBegun = false;
  try {
    const library = new Library({
      baseURL: baseUrl,
      apiKey: key || DUMMY_KEY,
      // Given, so that it doesn't look for them in the environment.
      organization: null,
      project: null,
      webhookSecret: null,
      adminAPIKey: null,
      maxRetries: 0,
      timeout: NO_LIMIT_MS,
      logLevel: "off",
      fetch: guard.fetch,
    });
    const response = await library.chat.completions.create(body, { signal: guard.signal }).asResponse();
    hasBegun = true;
    const failed = await take(response, told, library);
    return failed || guard.reason() ? fail(failed ?? { reason: "cut", detail: "" }) : { ...told, ok: true };
  } catch (error) {
    if (error instanceof SyntaxError) return fail({ reason: "not-json", detail: "" });
    if (error instanceof z.ZodError) return fail({ reason: "wrong-shape", detail: "" });
    if (error instanceof APIError && !(error instanceof APIConnectionError)) return fail(failedBy(error, key));
    return fail(lost(error, hasBegun));
  }
}

/** Reads an answer into `told`, whichever way it comes; some servers stream unasked, or don't when asked. */
async function take(response: Response, told: Told, library: OpenAI): Promise<Failed | undefined> {
  if (/event-stream/.test(response.headers.get("content-type") ?? ""))
    return takePieces(await events(response, library), told);
  const text = await response.text();
  if (text.trim() === "") return { reason: "empty", detail: "" };
  if (/^\s*</.test(text)) return { reason: "html", detail: "" };
  if (/^\s*(?:data|event|id|retry)?:/.test(text)) return takePieces(await events(new Response(text), library), told);
  return takePieces([JSON.parse(text)], told);
}

/** The library is told of, as it would write to the terminal otherwise. */
async function events(response: Response, library: OpenAI): Promise<AsyncIterable<unknown>> {
  const { Stream } = await import("openai/streaming");
  return Stream.fromSSEResponse<unknown>(response, new AbortController(), library);
}

async function takePieces(pieces: AsyncIterable<unknown> | Iterable<unknown>, told: Told): Promise<Failed | undefined> {
  let refusal = "";
  let finish: string | undefined;
  let hasChoice = false;
  for await (const given of pieces) {
    const error = (given as { error?: unknown } | null)?.error;
    if (error) {
      const { APIError } = await import("openai");
      throw new APIError(undefined, error, undefined, undefined);
    }
    const { choices, usage } = piece.parse(given);
    if (usage) told.usage = { tokensIn: usage.prompt_tokens, tokensOut: usage.completion_tokens };
    const [choice] = choices ?? [];
    if (!choice) continue;
    hasChoice = true;
    const said = choice.message ?? choice.delta;
    told.text += said?.content ?? "";
    refusal += said?.refusal ?? "";
    finish = choice.finish_reason ?? finish;
  }
  const failed = (reason: Failed["reason"]): Failed => ({ reason, detail: "" });
  if (!hasChoice) return failed("no-choices");
  if (refusal || finish === "content_filter") return failed("refusal");
  if (finish === "length") return failed("truncated");
  return told.text.trim() === "" ? failed("empty") : undefined;
}
