import type { AlertView } from "../../shared/api/alert.ts";
import { formatDuration } from "../../shared/time.ts";
import type { Link, Opened } from "../engine/links.ts";
import { Html, html } from "./html.ts";

/** For phones first. */
const style = new Html(`
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif }
body { max-width: 34rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere }
h1 { font-size: 1.4rem; line-height: 1.25 }
.said { border-left: .3rem solid; padding-left: .8rem }
label { display: block; margin-top: 1rem }
input, textarea, button { box-sizing: border-box; width: 100%; padding: .7rem; font: inherit }
button { margin-top: 1.5rem; font-weight: bold }
`);

/** A page that needs nothing but itself. */
const page = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Sentinel</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html> `.text;

/** For a link that leads nowhere. */
export const wordsPage = (title: string, words: string): string => page(title, html`<p>${words}</p>`);

const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** How the alert stands, in words. */
function standing({ state, ackedBy, ackedAt = 0, resolvedAt = 0, ...alert }: AlertView): string {
  const { resolution, heldBy, snoozedUntil, ackedUntil } = alert;
  const until = (at: number | undefined): string => (at === undefined ? "" : ` until ${minute(at)}`);
  const held = heldBy ? `, ${heldBy}${until(snoozedUntil)}` : "";
  if (state === "resolved") return `resolved at ${minute(resolvedAt)}${resolution ? `: ${resolution}` : ""}`;
  if (state === "firing") return `firing since ${minute(alert.raisedAt)}${held}`;
  return `acknowledged by ${ackedBy ?? "somebody"} at ${minute(ackedAt)}${until(ackedUntil)}${held}`;
}

const verb = ({ action, durationMs }: Link): string =>
  ({
    ack: "Acknowledge",
    unack: "Take the acknowledgement back",
    resolve: "Resolve",
    snooze: `Snooze for ${formatDuration(durationMs)}`,
  })[action];

// Without an address it goes to the page's own, whatever stands before that at a proxy.
const form = (link: Link): Html =>
  html`<form method="post">
    <label>Your name, if you like <input name="name" maxlength="64" autocomplete="name" /></label>
    <label>Comment, if you like <textarea name="comment" maxlength="1000" rows="3"></textarea></label>
    <button>${verb(link)}</button>
  </form>`;

/** An alert as it is now, what came of the button if it was pressed, and the button while there is something to do. */
export const alertPage = ({
  alert,
  link,
  said,
  done,
}: Extract<Opened, { ok: true }> & { said?: string; done?: boolean }): string =>
  page(
    alert.title,
    html`${said ? html`<p class="said" role="status">${said}</p>` : undefined}
      <p>${alert.reason}</p>
      <p>Alert ${alert.id} (${alert.severity}) is <strong>${standing(alert)}</strong>.</p>
      ${alert.comment ? html`<p>Last comment: ${alert.comment}</p>` : undefined}
      ${done || alert.state === "resolved" ? undefined : form(link)}`,
  );
