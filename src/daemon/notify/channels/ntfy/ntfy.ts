import { z } from "zod";
import type { Notice } from "../../channel.ts";
import { defineChannel } from "../define-channel.ts";
import { post } from "../post.ts";
import { cut, cutBytes, toneOf } from "../text.ts";
import type { Tone } from "../text.ts";
import { entryUrl } from "../url.ts";
import { headerText } from "./header-text.ts";

const options = z.strictObject({ allowHttp: z.boolean().optional() });
const secrets = z.strictObject({
  /** The topic's URL: whoever knows the topic can read and write it. */
  url: entryUrl,
  token: z
    .string()
    .regex(/^[\x21-\x7e]{4,500}$/, "a token has no spaces")
    .optional(),
});

/** docs.ntfy.sh/publish: 5 rings until it is seen, 3 is the default. */
const looks: Record<Tone, { priority: string; tags: string }> = {
  critical: { priority: "5", tags: "rotating_light" },
  warning: { priority: "4", tags: "warning" },
  info: { priority: "3", tags: "information_source" },
  acknowledged: { priority: "2", tags: "eyes" },
  resolved: { priority: "3", tags: "white_check_mark" },
};

/** Anything longer arrives as a file. */
const messageBytes = 4_096;

/** Push messages through ntfy.sh or a server of one's own. */
export const ntfy = defineChannel({
  type: "ntfy",
  options,
  secrets,
  edits: false,
  async send(notice, { secrets, signal }) {
    const headers = {
      "content-type": "text/plain; charset=utf-8",
      title: headerText(cut(notice.title, 250)),
      ...looks[toneOf(notice)],
      ...linksOf(notice),
      ...(secrets.token ? { authorization: `Bearer ${secrets.token}` } : {}),
    };
    const body = cutBytes(notice.reason || notice.title, messageBytes);
    return (await post({ provider: "ntfy", url: secrets.url, headers, body, secrets, signal })).sent;
  },
});

/** The first link opens with a touch; ntfy has three buttons. JSON, because labels may hold commas and semicolons. */
function linksOf({ actions = [] }: Notice): Record<string, string> {
  const [first] = actions;
  if (!first) return {};
  const buttons = actions.slice(0, 3).map((action) => ({ action: "view", ...action }));
  return { click: first.url, actions: ascii(JSON.stringify(buttons)) };
}

/** JSON in ASCII alone, for a header. */
const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
