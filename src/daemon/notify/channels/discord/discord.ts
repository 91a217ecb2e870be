import { z } from "zod";
import type { Sent } from "../../channel.ts";
import { defineChannel } from "../define-channel.ts";
import { post } from "../post.ts";
import type { Answer } from "../post.ts";
import { isWebPage, jsonOf } from "../provider-text.ts";
import { pauseMs } from "../retry-after.ts";
import { entryUrl } from "../url.ts";
import { embedOf } from "./embed.ts";

const options = z
  .strictObject({
    allowHttp: z.boolean().optional(),
    /** A thread of the webhook's channel. */
    threadId: z
      .string()
      .regex(/^\d{1,20}$/, "a thread's id is a number, in quotes")
      .optional(),
    /** In a forum, each alert opens a thread of this name. */
    threadName: z.string().min(1).max(100).optional(),
  })
  .refine(({ threadId, threadName }) => !threadId || !threadName, "give threadId or threadName, not both");

const secrets = z.strictObject({ url: entryUrl });
type Options = z.infer<typeof options>;

// Discord's error codes: the webhook was deleted; a message's thread sleeps, and only a new message wakes it.
const unknownWebhook = 10_015;
const archivedThread = 50_083;

/** Discord through a webhook: one message an alert, edited as it is acknowledged and resolved. */
export const discord = defineChannel({
  type: "discord",
  options,
  secrets,
  edits: true,
  async send(notice, { options, secrets, ref, signal }) {
    const message = { embeds: [embedOf(notice)], allowed_mentions: { parse: [] } };
    const common = { provider: "Discord", secrets, signal, headers: { "content-type": "application/json" } };
    if (ref && (notice.event === "acknowledged" || notice.event === "resolved")) {
      const url = messageUrl(secrets.url, ref, options);
      const answer = await post({ ...common, url, method: "patch", body: JSON.stringify(message) });
      if (!isLost(answer)) return outcome(answer, ref);
    }
    const body = JSON.stringify({ ...message, ...(options.threadName ? { thread_name: options.threadName } : {}) });
    return outcome(await post({ ...common, url: newUrl(secrets.url, options), body }));
  },
});

function newUrl(webhook: string, { threadId }: Options): URL {
  const url = new URL(webhook);
  url.searchParams.set("wait", "true");
  if (threadId) url.searchParams.set("thread_id", threadId);
  return url;
}

/** A thread in a forum has the name of its first message. */
function messageUrl(webhook: string, ref: string, { threadId, threadName }: Options): URL {
  const url = new URL(webhook);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/messages/${encodeURIComponent(ref)}`;
  const thread = threadName ? ref : threadId;
  if (thread) url.searchParams.set("thread_id", thread);
  return url;
}

/** Is the message, and not the webhook, beyond editing? */
function isLost({ status, body }: Answer): boolean {
  const code = jsonOf(body)?.["code"];
  return (status === 404 && code !== unknownWebhook) || code === archivedThread;
}

/** The same, with what only Discord says in its answers. */
function outcome({ sent, status = 0, body }: Answer, ref?: string): Sent {
  const { id, retry_after: seconds, global } = jsonOf(body) ?? {};
  if (sent.ok) return { ok: true, ...(typeof id === "string" && id ? { ref: id } : ref ? { ref } : {}) };
  if ([401, 403, 404].includes(status) && !isWebPage(body)) return { ...sent, gone: true };
  if (status !== 429) return sent;
  // The header is the same number without its fraction.
  const retryAfterMs = pauseMs(seconds) ?? sent.retryAfterMs;
  const reason = global === true ? `${sent.reason} (for all webhooks)` : sent.reason;
  const pause = {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(global === true ? { global: true as const } : {}),
  };
  return { ...sent, reason, ...pause };
}
