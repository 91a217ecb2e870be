import { z } from "zod";
import type { Notice, Sent } from "../../channel.ts";
import { defineChannel } from "../define-channel.ts";
import { post } from "../post.ts";
import type { Answer } from "../post.ts";
import { cut, factsOf, sourceOf, toneOf } from "../text.ts";
import type { Tone } from "../text.ts";
import { entryUrl } from "../url.ts";

const options = z.strictObject({ allowHttp: z.boolean().optional() });
const secrets = z.strictObject({ url: entryUrl });

const colours: Record<Tone, string> = {
  critical: "#d92d20",
  warning: "#f79009",
  info: "#667085",
  acknowledged: "#2e90fa",
  resolved: "#12b76a",
};

/** Slack's incoming webhooks, and what understands them: Mattermost, Rocket.Chat. */
export const slack = defineChannel({
  type: "slack",
  options,
  secrets,
  edits: false,
  async send(notice, { secrets, signal }) {
    const body = JSON.stringify(messageOf(notice));
    const headers = { "content-type": "application/json" };
    return outcome(await post({ provider: "Slack", url: secrets.url, headers, body, secrets, signal }));
  },
});

function messageOf(notice: Notice) {
  const attachment = {
    color: colours[toneOf(notice)],
    fallback: escaped(notice.title, 1_000),
    title: escaped(notice.title, 256),
    text: [escaped(notice.reason, 3_000), linksOf(notice)].filter(Boolean).join("\n"),
    fields: factsOf(notice).map(([title, value]) => ({ title, value: escaped(value, 1_000), short: true })),
    footer: sourceOf(notice),
    ts: Math.floor(notice.at / 1_000),
    // Asterisks in a log line stay asterisks.
    mrkdwn_in: [],
  };
  return { attachments: [attachment] };
}

/** Slack's own form of a link; Mattermost and Rocket.Chat know it too. */
const linksOf = ({ actions = [] }: Notice): string =>
  actions
    .slice(0, 5)
    .map(({ label, url }) => `<${url.replaceAll("&", "&amp;")}|${escaped(label, 100)}>`)
    .join(" · ");

/**
 * Text without Slack's own marks (docs.slack.dev/messaging/formatting-message-text), so without `<!channel>`. The
 * invisible space is for Mattermost, which calls everybody for a plain `@channel`.
 */
const escaped = (text: string, limit: number): string =>
  cut(text, limit)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/@(?=all|channel|everyone|here)/gi, "@\u200b");

/** What Slack says of a webhook that was removed or whose channel is closed. */
const ends = /^(no_service|no_service_id|no_active_hooks|invalid_token|channel_not_found|channel_is_archived|no_team)$/;

const outcome = ({ sent, body }: Answer): Sent => (!sent.ok && ends.test(body.trim()) ? { ...sent, gone: true } : sent);
