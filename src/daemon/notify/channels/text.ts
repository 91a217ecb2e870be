import { cleanText } from "../../../shared/text.ts";
import type { Severity } from "../../../shared/model.ts";
import type { Action, Notice } from "../channel.ts";

/** Text of at most `limit` code points, with … where something is missing. No character is cut in two. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const points = [...text];
  if (points.length <= limit) return text;
  return limit < 1 ? "" : `${points.slice(0, limit - 1).join("")}…`;
}

/** Text of at most `limitBytes` bytes of UTF-8, with … where something is missing. */
export const cutBytes = (text: string, limitBytes: number): string =>
  cutBy(text, limitBytes, (piece) => Buffer.byteLength(piece));

/** Text of at most `limit` UTF-16 code units, with … where something is missing. No character is cut in two. */
export const cutUnits = (text: string, limit: number): string => cutBy(text, limit, ({ length }) => length);

function cutBy(text: string, limit: number, sizeOf: (piece: string) => number): string {
  if (sizeOf(text) <= limit) return text;
  let left = limit - sizeOf("…");
  const kept: string[] = [];
  for (const point of text) {
    left -= sizeOf(point);
    if (left < 0) break;
    kept.push(point);
  }
  return `${kept.join("")}…`;
}

/** Text from outside on one line, with nothing in it that UTF-8 can't say (lone surrogates). */
export const clean = (text: string): string => cleanText(text).toWellFormed().trim();

/** The notice as any channel may tell it: what hosts and people wrote in it is cleaned. */
export function cleanNotice(notice: Notice): Notice {
  const { alert, title, reason, actions = [] } = notice;
  const told = { ...notice, title: clean(title), reason: clean(reason), actions: actions.flatMap(cleanAction) };
  if (!alert) return told;
  const texts = Object.entries(alert).map(([name, value]) => [name, typeof value === "string" ? clean(value) : value]);
  return { ...told, alert: Object.fromEntries(texts) as typeof alert };
}

/** A link as any markup can hold it: none for what isn't an address of the web, or is longer than some would take. */
function cleanAction({ label, url }: Action): Action[] {
  if (!URL.canParse(url)) return [];
  const { protocol, host, href } = new URL(url);
  const address = href.replace(/[()|']/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  if (!/^https?:$/.test(protocol) || address.length > 500) return [];
  return [{ label: cut(clean(label) || host, 40), url: address }];
}

/** What a message looks like: its colour, its priority. */
export type Tone = "critical" | "warning" | "info" | "acknowledged" | "resolved";

/** What has become of the alert counts for more than its severity. */
export function toneOf(notice: Notice): Tone {
  const { event, alert } = notice;
  const taken = event === "acknowledged" && alert?.state !== "firing";
  return event === "resolved" || taken ? event : severityOf(notice);
}

/** How bad it is: the alert's severity, or a digest's. */
export const severityOf = ({ alert, severity = "info" }: Notice): Severity => alert?.severity ?? severity;

/** What is worth knowing beside the title and the reason: names and values, none of them empty. */
export function factsOf({ alert }: Notice): [string, string][] {
  if (!alert) return [];
  const facts: [string, string | undefined][] = [
    ["Host", alert.host],
    ["Severity", alert.severity],
    ["Raised", isoOf(alert.raisedAt)],
    ["Times", alert.count > 1 ? String(alert.count) : undefined],
    ["Acknowledged by", alert.ackedBy],
    ["Comment", alert.comment],
    ["Resolution", alert.resolution],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]?.trim()));
}

/** The last line: who says so, and the alert's name for the command line. */
export const sourceOf = ({ alert }: Notice): string => (alert ? `Sentinel · ${alert.id}` : "Sentinel");

const isoOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
