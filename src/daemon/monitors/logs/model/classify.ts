import type { APIError } from "openai";
import { codeIn } from "../../../../shared/error-code.ts";
import { SECOND } from "../../../../shared/time.ts";
import type { FaultReason } from "./fault.ts";
import { prose } from "./text.ts";

/** A try that gave no answer. */
export interface Failed {
  reason: FaultReason;
  detail: string;
  /** The pause that the server asks for. */
  retryAfterMs?: number;
}

const tooLong =
  /context.{0,20}(length|window|size|limit|exceed)|exceed.{0,20}context|prompt is too long|too many tokens|maximum.{0,20}tokens/i;
const noCredit = /insufficient_quota|billing|quota|credit/i;

/** What an answer with this status means; `said` is its code and words. */
export function reasonOf(status: number, said: string): FaultReason {
  if (status < 400) return "redirect";
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 402) return "quota";
  if ([404, 405, 410].includes(status)) return "not-found";
  if (status === 413) return "context-length";
  if (status === 429) return noCredit.test(said) ? "quota" : "rate-limited";
  if (status >= 500 || [408, 409, 425].includes(status)) return "server-error";
  return tooLong.test(said) ? "context-length" : "refused-request";
}

/** An error that the server answered with: by its status, or within an answer that began well. */
export function failedBy(error: APIError, key: string): Failed {
  const { status, code, type, headers } = error;
  const words = wordsOf(error).slice(0, 2_000);
  const reason =
    status === undefined ? withoutStatus(`${code} ${type} ${words}`) : reasonOf(status, `${code} ${type} ${words}`);
  const told = reason === "unauthorized" || /^\s*(\d+\s+)?</.test(words) ? "" : redacted(words, key);
  const detail = [status === undefined ? "" : `it answered ${status}`, told].filter(Boolean).join(": ");
  const retryAfterMs = headers ? retryAfter(headers) : undefined;
  return { reason, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

const withoutStatus = (said: string): FaultReason =>
  tooLong.test(said) ? "context-length" : noCredit.test(said) ? "quota" : "server-error";

function wordsOf({ error, message }: APIError): string {
  if (typeof error === "string") return error;
  const said = error && "message" in error ? error.message : undefined;
  return typeof said === "string" ? said : message;
}

/** The server's own words, short, and without what it may echo of the key. */
const redacted = (words: string, key: string): string =>
  prose(
    (key ? words.replaceAll(key, "[redacted]") : words).replace(
      /\b(?:sk|key|token|bearer)[-_: ]+\S{6,}/gi,
      "[redacted]",
    ),
    200,
  );

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), which is counted from the answer's own `Date`. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  const seconds = /^\d+(\.\d+)?$/.test(value)
    ? Number(value)
    : (Date.parse(value) - Date.parse(headers.get("date") ?? "")) / SECOND;
  return Number.isFinite(seconds) ? Math.max(0, seconds) * SECOND : undefined;
}

/** A connection that failed: nothing but the error's code is told, as its words may hold all of the URL. */
export function lost(error: unknown, hasBegun: boolean): Failed {
  const code = codeIn(error) ?? "";
  if (/CERT|LEAF_SIGNATURE|SSL|TLS/.test(code)) return { reason: "tls", detail: code };
  const isCut = hasBegun || ["ECONNRESET", "UND_ERR_SOCKET", "EPIPE"].includes(code);
  return { reason: isCut ? "cut" : "unreachable", detail: code };
}
