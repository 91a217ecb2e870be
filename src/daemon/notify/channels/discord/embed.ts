import type { Notice } from "../../channel.ts";
import { cut, factsOf, sourceOf, toneOf } from "../text.ts";
import type { Tone } from "../text.ts";

/** Discord's limits, in code points (its API is Python: github.com/discord/discord-api-docs/issues/1315). */
const limits = { total: 6_000, title: 256, description: 4_096, fields: 25, name: 256, value: 1_024, footer: 2_048 };

const colours: Record<Tone, number> = {
  critical: 0xd9_2d_20,
  warning: 0xf7_90_09,
  info: 0x66_70_85,
  acknowledged: 0x2e_90_fa,
  resolved: 0x12_b7_6a,
};

/** A message as Discord takes it. */
export interface Embed {
  title: string;
  description: string;
  color: number;
  timestamp: string;
  footer: { text: string };
  fields: { name: string; value: string; inline: boolean }[];
}

/** Shortens what is said, in the order of what matters: what comes last gets what the others left. */
export function embedOf(notice: Notice): Embed {
  const { take, takePair } = ration(limits.total);
  const texts = {
    title: take(unmarked(notice.title), limits.title),
    description: take(unmarked(notice.reason), limits.description),
    footer: { text: take(sourceOf(notice), limits.footer) },
  };
  const links = linksOf(notice);
  const linked = links ? takePair("Links", links) : [];
  const facts = factsOf(notice).flatMap(([name, value]) => takePair(name, unmarked(value)));
  return {
    ...texts,
    color: colours[toneOf(notice)],
    timestamp: new Date(notice.at).toISOString(),
    fields: [...facts.slice(0, limits.fields - linked.length), ...linked],
  };
}

/** Hands out the characters that all the texts of a message have together. */
function ration(total: number) {
  let left = total;
  function take(text: string, limit: number): string {
    const taken = cut(text, Math.min(limit, left));
    left -= [...taken].length;
    return taken;
  }
  // A field without a name or a value is a 400.
  function takePair(name: string, value: string): Embed["fields"] {
    if (left < limits.name + 1) return [];
    return [{ name: take(name, limits.name), value: take(value, limits.value), inline: true }];
  }
  return { take, takePair };
}

/** As many links as a field holds, each whole. */
function linksOf({ actions = [] }: Notice): string {
  let text = "";
  for (const { label, url } of actions) {
    const link = `[${unmarked(label).replaceAll("]", String.raw`\]`)}](${url})`;
    const longer = text ? `${text} · ${link}` : link;
    if (longer.length <= limits.value) text = longer;
  }
  return text;
}

/** Shows Markdown as it was written: no log line makes a link that says it is another, or a code block without end. */
const unmarked = (text: string): string => text.replace(/[\\*_~`|[<]/g, String.raw`\$&`);
