import { z } from "zod";
import type { Notice, Sent } from "../../channel.ts";
import { defineChannel } from "../define-channel.ts";
import { post } from "../post.ts";
import type { Answer } from "../post.ts";
import { isWebPage, jsonOf } from "../provider-text.ts";
import { pauseMs } from "../retry-after.ts";
import { entryUrl } from "../url.ts";
import { messageOf } from "./message.ts";

const options = z.strictObject({
  /** A person's, group's or channel's number, or a public channel's @name. */
  chatId: z.coerce.string().regex(/^(-?\d{1,20}|@\w{4,32})$/, "a chat is a number, or a public channel's @name"),
  /** A topic of the group. */
  threadId: z.coerce
    .string()
    .regex(/^\d{1,20}$/, "a topic's id is a number")
    .optional(),
  /** A Bot API server of one's own. */
  apiUrl: entryUrl.optional(),
  allowHttp: z.boolean().optional(),
});

const secrets = z.strictObject({
  token: z.string().regex(/^\d{1,20}:[\w-]{20,200}$/, "a bot's token looks like 123456:ABC…"),
});

/** A Telegram bot (core.telegram.org/bots/api): one message an alert, edited as it is acknowledged and resolved. */
export const telegram = defineChannel({
  type: "telegram",
  options,
  secrets,
  edits: true,
  async send(notice, { options, secrets, ref, signal }) {
    const { chatId, threadId, apiUrl = "https://api.telegram.org" } = options;

    async function call(method: string, place: object, linked = true): Promise<Answer> {
      const url = `${apiUrl.replace(/\/+$/, "")}/bot${secrets.token}/${method}`;
      const body = JSON.stringify({ chat_id: chatId, ...place, ...messageOf(notice, linked) });
      const headers = { "content-type": "application/json" };
      const answer = await post({ provider: "Telegram", url, headers, body, secrets: { ...secrets, url }, signal });
      return linked && refusesLinks(answer) ? call(method, place, false) : answer;
    }

    if (ref && isNews(notice)) {
      const answer = await call("editMessageText", { message_id: Number(ref) });
      if (saysOf(answer, /message is not modified/i)) return { ok: true, ref };
      if (!saysOf(answer, /message (to edit not found|can't be edited)|MESSAGE_ID_INVALID/i)) return outcome(answer);
    }
    return outcome(await call("sendMessage", threadId ? { message_thread_id: Number(threadId) } : {}));
  },
});

const isNews = ({ event }: Notice): boolean => event === "acknowledged" || event === "resolved";

const saysOf = ({ status, body }: Answer, words: RegExp): boolean =>
  status === 400 && words.test(String(jsonOf(body)?.["description"]));

/** Telegram takes no button to a host that only a private network knows: then the address is told in the text. */
const refusesLinks = (answer: Answer): boolean => saysOf(answer, /button url|BUTTON_URL_INVALID/i);

/** The same, with what only Telegram says in its answers. */
function outcome(answer: Answer): Sent {
  const { sent, status = 0, body } = answer;
  const { result, parameters } = (jsonOf(body) ?? {}) as { result?: Named | null; parameters?: Pause | null };
  if (sent.ok) return { ok: true, ...(result?.message_id === undefined ? {} : { ref: String(result.message_id) }) };
  const isGone = ([401, 403, 404].includes(status) && !isWebPage(body)) || saysOf(answer, /chat not found/i);
  if (isGone) return { ...sent, gone: true };
  const retryAfterMs = status === 429 ? pauseMs(parameters?.retry_after) : undefined;
  return retryAfterMs === undefined ? sent : { ...sent, retryAfterMs };
}

interface Named {
  message_id?: unknown;
}
interface Pause {
  retry_after?: unknown;
}
