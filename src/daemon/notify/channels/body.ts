import type { Notice } from "../channel.ts";
import { severityOf } from "./text.ts";

/** The JSON that programs get: all of a notice, in one shape for every event. */
export function bodyOf(notice: Notice): string {
  const { event, key, title, reason, at, alert = null, actions = [] } = notice;
  const severity = severityOf(notice);
  return JSON.stringify({ event, key, severity, title, reason, at: new Date(at).toISOString(), alert, actions });
}
