import type { Channel } from "../channel.ts";
import { discord } from "./discord/discord.ts";
import { email } from "./email/email.ts";
import { exec } from "./exec/exec.ts";
import { ntfy } from "./ntfy/ntfy.ts";
import { pagerduty } from "./pagerduty/pagerduty.ts";
import { slack } from "./slack/slack.ts";
import { telegram } from "./telegram/telegram.ts";
import { webhook } from "./webhook/webhook.ts";

/** Every way to reach people, by the name that a configuration gives it. */
export const channels: Record<string, Channel> = Object.fromEntries(
  [discord, webhook, slack, ntfy, email, telegram, pagerduty, exec].map((channel) => [channel.type, channel]),
);

export const findChannel = (type: string): Channel | undefined =>
  Object.hasOwn(channels, type) ? channels[type] : undefined;
