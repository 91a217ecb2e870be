import type { Clock } from "../../../../shared/time.ts";
import type { FaultReason } from "./fault.ts";

export interface Guard {
  signal: AbortSignal;
  /** What it was ended for, if it was ended by this guard. */
  reason(): FaultReason | undefined;
  /** Follows no redirect, and watches each body as it comes. */
  fetch(url: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Ends whatever is still under way. */
  close(): void;
}

interface Limits {
  timeoutMs: number;
  stallMs: number;
  answerBytes: number;
}

/**
 * Ends a request that takes too long, whose answer stands still, is too large or isn't UTF-8. The client library's own
 * time limits end with the headers, and it takes an aborted stream for a finished one: so the first reason is kept here.
 */
export function createGuard({ timeoutMs, stallMs, answerBytes }: Limits, clock: Clock, signal?: AbortSignal): Guard {
  const own = new AbortController();
  let reason: FaultReason | undefined;
  let calm = (): void => {};

  function end(why: FaultReason): void {
    reason ??= why;
    own.abort();
  }
  const cancel = (): void => end("cancelled");
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const relax = clock.after(timeoutMs, () => end("timeout"));

  /** From here on it has to keep coming. */
  function expectMore(): void {
    calm();
    calm = clock.after(stallMs, () => end("stalled"));
  }

  function watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const utf8 = new TextDecoder("utf-8", { fatal: true });
    let left = answerBytes;
    return body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        start: expectMore,
        transform(chunk, controller) {
          expectMore();
          left -= chunk.length;
          if (left < 0) end("too-large");
          else if (isBroken(utf8, chunk)) end("bad-encoding");
          if (own.signal.aborted) controller.terminate();
          else controller.enqueue(chunk);
        },
        flush() {
          calm();
          if (isBroken(utf8)) end("bad-encoding");
        },
      }),
    );
  }

  return {
    signal: own.signal,
    reason: () => reason,
    async fetch(url, init) {
      // Without what the library tells of this machine.
      const kept = Array.from(new Headers(init?.headers)).filter(([name]) => !name.startsWith("x-stainless-"));
      const sent = { ...Object.fromEntries(kept), "user-agent": "sentinel" };
      const { body, status, statusText, headers } = await fetch(url, { ...init, headers: sent, redirect: "manual" });
      const hasBody = body !== null && ![204, 205, 304].includes(status);
      return new Response(hasBody ? watched(body) : null, { status, statusText, headers });
    },
    close() {
      relax();
      calm();
      signal?.removeEventListener("abort", cancel);
      own.abort();
    },
  };
}

/** Whether the bytes so far, or all of them, aren't UTF-8. */
function isBroken(utf8: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): boolean {
  try {
    utf8.decode(chunk, { stream: chunk !== undefined });
    return false;
  } catch {
    return true;
  }
}
