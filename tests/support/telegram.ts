import type { HeardRequest, Play, Reply } from "./provider.ts";

interface Message {
  text: string;
  entities?: { type: string; offset: number; length: number }[];
  reply_markup?: { inline_keyboard: { text: string; url: string }[][] };
  message_id?: number;
  message_thread_id?: number;
}

const refused = (description: string): Reply => ({
  status: 400,
  body: JSON.stringify({ ok: false, error_code: 400, description: `Bad Request: ${description}` }),
});

/** What the Bot API does with a message: it counts UTF-16 code units, and knows no host of a private network. */
function objection({ text, entities = [], reply_markup }: Message): string | undefined {
  if (text.trim() === "") return "message text is empty";
  if (text.length > 4_096) return "message is too long";
  if (!text.isWellFormed()) return "strings must be encoded in UTF-8";
  if (entities.some(({ offset, length }) => length < 1 || offset + length > text.length)) return "can't parse entities";
  const urls = reply_markup?.inline_keyboard.flat().map(({ url }) => new URL(url)) ?? [];
  const strange = urls.find(({ hostname }) => !hostname.includes(".") || hostname.startsWith("127."));
  return strange && `inline keyboard button URL '${strange.href}' is invalid: Wrong HTTP URL`;
}

/** Plays the Bot API for one bot; `messages` is what people would see, by id. */
export function playTelegram(): { play: Play; messages: Map<number, Message> } {
  const messages = new Map<number, Message>();
  function play({ url, body }: HeardRequest): Reply {
    const message = JSON.parse(body) as Message;
    const wrong = objection(message);
    if (wrong) return refused(wrong);
    const edits = url.pathname.endsWith("/editMessageText");
    const id = edits ? (message.message_id ?? 0) : 100 + messages.size;
    const before = messages.get(id);
    if (edits && !before) return refused("message to edit not found");
    if (before?.text === message.text)
      return refused("message is not modified: specified new message content and reply markup are exactly the same");
    messages.set(id, message);
    return { status: 200, body: JSON.stringify({ ok: true, result: { message_id: id } }) };
  }
  return { play, messages };
}
