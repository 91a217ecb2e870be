import { z } from "zod";
import type { Channel } from "../channel.ts";
import { discord } from "./discord/discord.ts";
import { ntfy } from "./ntfy/ntfy.ts";
import { slack } from "./slack/slack.ts";
import { urlObjection } from "../../outgoing/url.ts";
import { webhook } from "./webhook/webhook.ts";

/** Every way to reach people, by the name that a configuration gives it. */
export const channels: Record<string, Channel> = Object.fromEntries(
  [discord, webhook, slack, ntfy].map((channel) => [channel.type, channel]),
);

export const findChannel = (type: string): Channel | undefined =>
  Object.hasOwn(channels, type) ? channels[type] : undefined;

const addressed = z.object({
  options: z.object({ allowHttp: z.boolean().optional() }),
  secrets: z.object({ url: z.string() }),
});

/** Checks a channel's entry as a whole before it is kept: the URL rule needs its options and its secrets. */
export const entrySchema = ({ options, secrets }: Channel) =>
  z.object({ options, secrets }).superRefine((entry, context) => {
    const found = addressed.safeParse(entry);
    if (!found.success) return;
    const objection = urlObjection(found.data.secrets.url, found.data.options.allowHttp === true);
    if (objection) context.addIssue({ code: "custom", path: ["secrets", "url"], message: objection });
  });
