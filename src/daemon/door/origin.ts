import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether a browser's page may open a WebSocket here: one of our own address or of `allowed`, if any. A name that is in
 * `Host` counts for nothing, as whoever owns a name can have it point to us; and what sends no `Origin` is no browser.
 */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  if (allowed.some((url) => URL.canParse(url) && new URL(url).origin === from.origin)) return true;
  const name = from.hostname.replace(/^\[|\]$/g, "");
  return from.host === host && (name === "localhost" || isIP(name) !== 0);
}
