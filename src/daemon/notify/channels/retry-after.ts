import { DAY, SECOND } from "../../../shared/time.ts";

/** A pause that a provider asks for, in seconds. One that is longer than a day is a mistake of theirs. */
export const pauseMs = (seconds: unknown): number | undefined =>
  typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0
    ? Math.min(Math.ceil(seconds * SECOND), DAY)
    : undefined;

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which is counted from the same answer's own `Date`. */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(value)) return pauseMs(Number(value));
  if (!value.endsWith(" GMT")) return undefined;
  const spanMs = Date.parse(value) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(spanMs) ? undefined : pauseMs(Math.max(0, spanMs) / SECOND);
}
