import { codeIn } from "../../../shared/error-code.ts";
import { SECOND } from "../../../shared/time.ts";
import type { Sent } from "../channel.ts";
import { isWebPage, providerText } from "./provider-text.ts";
import { retryAfterMs } from "./retry-after.ts";
import { unreachable } from "./unreachable.ts";

/** No provider says more that matters. */
const bodyLimitBytes = 65_536;

/** One request to a provider. */
export interface Post {
  /** What people call it: the first word of every reason. */
  provider: string;
  url: string | URL;
  method?: "get" | "post" | "patch";
  headers: Record<string, string>;
  body?: string;
  /** Taken out of every reason. */
  secrets: unknown;
  signal: AbortSignal;
  timeoutMs?: number;
  /** A web page is a fine answer. Otherwise one with 200 comes from something on the way, and nothing was sent. */
  pages?: boolean;
}

/** What came of it, and what the channel may want to read more closely. */
export interface Answer {
  sent: Sent;
  /** Absent if there was no answer. */
  status?: number;
  body: string;
}

/** What sends, with Node's `fetch` that it needs: 14 MB, loaded with the first request or where one will come. */
export const loadSender = async () => (await import("ky")).default;

/** Sends once, to that place only: no redirect is followed. */
export async function post(request: Post): Promise<Answer> {
  const { url, method = "post", headers, body, timeoutMs = 10 * SECOND } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([request.signal, deadline]);
  try {
    const options = {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      retry: 0,
      timeout: false,
      redirect: "manual",
    } as const;
    const ky = await loadSender();
    const response = await ky(url, { ...options, throwHttpErrors: false });
    const answer = await beginningOf(response);
    return { sent: verdict(request, response, answer), status: response.status, body: answer };
  } catch (error) {
    return { sent: { ok: false, retry: true, reason: silence(request, error, deadline.aborted) }, body: "" };
  }
}

/** The body as far as it came: the status alone says whether the message was taken, so a cut here is no failure. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= bodyLimitBytes) break;
    }
  } catch {
    // What has come will do.
  }
  return Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString();
}

function verdict({ provider, secrets, pages }: Post, { status, ok, headers }: Response, body: string): Sent {
  if (ok && (pages || !isWebPage(body))) return { ok: true };
  const said = providerText(body, secrets);
  const reason = `${provider} answered ${status}${said && `: ${said}`}`;
  if (status >= 300 && status < 400)
    return { ok: false, retry: false, reason: `${provider} answered ${status}: it has moved; the URL needs changing` };
  const retry = ok || status === 408 || status === 429 || status >= 500;
  const pause = retry ? retryAfterMs(headers) : undefined;
  return { ok: false, retry, reason, ...(pause === undefined ? {} : { retryAfterMs: pause }) };
}

/** Why there was no answer. */
function silence({ provider, signal, timeoutMs = 10 * SECOND }: Post, error: unknown, isLate: boolean): string {
  if (signal.aborted) return `${provider} gave no answer before the try was ended`;
  if (isLate) return `${provider} gave no answer in ${timeoutMs / SECOND} s`;
  return `${provider} ${unreachable(codeIn(error))}`;
}
