import type { Notice } from "../../channel.ts";
import { cut, cutUnits, factsOf, sourceOf } from "../text.ts";

/** In UTF-16 code units, as Telegram counts. */
const limits = { text: 4_096, title: 256, fact: 200 };

/**
 * A message as Telegram takes it: plain text, so that nothing in it is markup. With `linked`, links are buttons under
 * it; without, lines of the text.
 */
export function messageOf(notice: Notice, linked: boolean) {
  const { actions = [] } = notice;
  const title = cutUnits(calm(notice.title || notice.event), limits.title);
  const facts = factsOf(notice).map(([name, value]) => `${name}: ${cut(calm(value), limits.fact)}`);
  const links = linked ? [] : actions.slice(0, 2).map(({ label, url }) => `${label}: ${url}`);
  const end = [...facts, ...links, sourceOf(notice)].join("\n");
  const reason = cutUnits(calm(notice.reason), Math.max(1, limits.text - title.length - end.length - 3));
  const buttons = linked ? actions.slice(0, 10).map(({ label, url }) => [{ text: label, url }]) : [];
  return {
    text: cutUnits([title, ...(reason ? [reason] : []), "", end].join("\n"), limits.text),
    entities: [{ type: "bold", offset: 0, length: title.length }],
    link_preview_options: { is_disabled: true },
    reply_markup: { inline_keyboard: buttons },
  };
}

/** Text that calls nobody: Telegram tells whoever is named with an @. The space in it is invisible. */
const calm = (text: string): string => text.replace(/(?<!\w)@(?=\w)/g, "@\u200b");
