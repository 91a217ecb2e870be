import type { Span } from "./rule.ts";

/** A text with escapes undone, and for each of its characters (and its end) where that begins in the line. */
interface View {
  text: string;
  offsets: readonly number[];
}

const escape =
  /%(?:[0-7][\da-f]|[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[0-7](?:%[89ab][\da-f]){3})|&(?:quot|apos|lt|gt|amp|#\d{2,3});|\\(?:u00[2-7][\da-f]|["'\\/nrt])/gi;
const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

function meaning(escaped: string): string {
  if (escaped.startsWith("\\u")) return String.fromCodePoint(Number.parseInt(escaped.slice(2), 16));
  if (escaped.startsWith("\\")) return escaped.slice(1).replace(/[nrt]/i, " ");
  if (escaped.startsWith("&#")) return String.fromCodePoint(Number(escaped.slice(2, -1)));
  if (escaped.startsWith("&")) return entities[escaped.slice(1, -1).toLowerCase()] ?? escaped;
  try {
    return decodeURIComponent(escaped).replace(/[\0-\x1f]/, " ");
  } catch {
    return escaped;
  }
}

function decode({ text, offsets }: View): View {
  const parts: string[] = [];
  const places: number[] = [];
  let done = 0;
  const keepTo = (end: number): void => {
    parts.push(text.slice(done, end));
    for (; done < end; done++) places.push(offsets[done] ?? 0);
  };
  for (const { 0: escaped, index } of text.matchAll(escape)) {
    keepTo(index);
    const plain = meaning(escaped);
    parts.push(plain);
    for (let i = 0; i < plain.length; i++) places.push(offsets[index] ?? 0);
    done = index + escaped.length;
  }
  keepTo(text.length);
  places.push(offsets[text.length] ?? 0);
  return { text: parts.join(""), offsets: places };
}

const mostLayers = 4;

/**
 * What is found in a line, and in what it comes to with the escapes of URLs, HTML and JSON undone, up to four layers of
 * them; all as offsets into the line. So no rule has to know how a line was escaped on its way.
 */
export function findInLayers(text: string, find: (text: string) => readonly Span[]): Span[] {
  const spans = [...find(text)];
  if (text.search(escape) === -1) return spans;
  let view: View = { text, offsets: Array.from({ length: text.length + 1 }, (_, i) => i) };
  for (let layer = 0; layer < mostLayers; layer++) {
    const next = decode(view);
    if (next.text === view.text) break;
    view = next;
    const at = (offset: number): number => view.offsets[offset] ?? text.length;
    for (const { from, to, kind } of find(view.text)) spans.push({ from: at(from), to: at(to), kind });
  }
  return spans;
}
