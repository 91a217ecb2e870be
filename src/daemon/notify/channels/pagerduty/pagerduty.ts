import { z } from "zod";
import type { Notice, Sent } from "../../channel.ts";
import { defineChannel } from "../define-channel.ts";
import { post } from "../post.ts";
import { cut, factsOf, severityOf } from "../text.ts";
import { entryUrl } from "../url.ts";

const options = z.strictObject({
  /** Which Sentinel this is: two that tell the same service need different names. */
  source: z
    .string()
    .regex(/^[\w.-]{1,64}$/, "a source has letters, digits, dots and dashes")
    .optional(),
  apiUrl: entryUrl.optional(),
  allowHttp: z.boolean().optional(),
});

const secrets = z.strictObject({
  routingKey: z.string().regex(/^[A-Za-z0-9]{32}$/, "an integration key has 32 letters and digits"),
});

/** PagerDuty's Events API v2: one incident an alert, which follows it; a digest and a test are incidents of their own. */
export const pagerduty = defineChannel({
  type: "pagerduty",
  options,
  secrets,
  // So that it hears of acknowledgements too.
  edits: true,
  async send(notice, { options, secrets, signal }) {
    const { apiUrl = "https://events.pagerduty.com/v2/enqueue", source = "sentinel" } = options;
    const headers = { "content-type": "application/json" };
    let sent: Sent = { ok: true };
    for (const event of eventsOf(notice, source)) {
      const body = JSON.stringify({ routing_key: secrets.routingKey, ...event });
      if (sent.ok) ({ sent } = await post({ provider: "PagerDuty", url: apiUrl, headers, body, secrets, signal }));
    }
    return sent;
  },
});

/** A digest begins an incident if anything is open, and ends those that are over with it: each goes by its own key. */
function eventsOf(notice: Notice, source: string): object[] {
  const { event, alert, severity, ended = event === "resolved" && alert ? [alert.id] : [] } = notice;
  const begins = event === "digest" ? severity !== undefined : event !== "resolved";
  const ends = ended.map((name) => ({ event_action: "resolve", dedup_key: keyFor(source, name) }));
  return begins ? [eventOf(notice, source), ...ends] : ends;
}

const keyFor = (source: string, name: string): string => cut(`${source}/${name}`, 255);

/** Limits are those of developer.pagerduty.com/docs/send-alert-event; a repeat with the same key changes nothing there. */
function eventOf(notice: Notice, source: string) {
  const { event, key, title, reason, at, alert } = notice;
  const dedup_key = keyFor(source, alert?.id ?? key);
  if (event === "acknowledged" && alert?.state !== "firing") return { event_action: "acknowledge", dedup_key };
  const facts = factsOf(notice).map(([name, value]) => [name, cut(value, 1_000)]);
  const payload = {
    summary: cut([title, reason].filter(Boolean).join(": ") || event, 1_024),
    source: cut(alert?.host ?? source, 255),
    severity: severityOf(notice),
    timestamp: new Date(at).toISOString(),
    class: alert?.type ?? event,
    custom_details: { ...Object.fromEntries(facts), Reason: cut(reason, 10_000) },
  };
  const links = (notice.actions ?? []).map(({ label, url }) => ({ href: url, text: label }));
  return { event_action: "trigger", dedup_key, payload, links, client: "Sentinel" };
}
