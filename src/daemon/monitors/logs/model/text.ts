import { cleanText } from "../../../../shared/text.ts";

// What cleanText leaves and nobody sees or can read: format characters (zero-width, tags), private use, and marks in heaps.
const invisible = /[\p{Cf}\p{Co}\p{Cn}]/gu;
const heaps = /(\p{M}{2})\p{M}+/gu;

/** One line of visible text, with single spaces: what is sent to a model, and what comes back, look the same. */
export const plain = (text: string): string =>
  cleanText(text).toWellFormed().replace(invisible, "").replace(heaps, "$1").replace(/\s+/gu, " ").trim();

/** Text of at most `limit` UTF-16 code units. No character is cut in two. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;

const markdownLinks = /!?\[([^\]]{0,200})\]\([^)]{0,2000}\)/gu;
const links = /\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|(?:mailto|javascript|data|tel|file):|www\.)\S*/giu;
// Discord's and Slack's mentions in angle brackets, and everybody's with an at sign.
const mentions = /<(?:@[!&]?|#|!)[^>\s]{0,60}>|(?<![\p{L}\p{N}._-])@+(?=\S)/gu;
// Tags, whole and begun, but not what stands for a value: <IP>, <*>, <SECRET:a3f1>.
const tags = /<(?!\*>|[A-Z]{2,12}(?::[0-9a-f]+)?>)(?:[^<>]{0,500}>|(?=[A-Za-z/!?]))/gu;
const emphasis = /[*_~#|]{2,}|`{3,}/gu;

/** A model's prose as it may be shown: one line without links, markup and mentions, at most `limit` long. */
export function prose(text: string, limit: number): string {
  const bare = plain(text.slice(0, 4 * limit))
    .replace(markdownLinks, "$1")
    .replace(mentions, "")
    .replace(tags, " ");
  return cut(plain(bare.replace(links, "[link]").replace(emphasis, " ")), limit);
}
