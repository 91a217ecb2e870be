import type { Notice } from "../../channel.ts";
import { severityOf } from "../text.ts";

const placeholder = /\{\{\s*([A-Za-z]+)\s*\}\}/g;

/** What a template may name. */
function valuesOf(notice: Notice): Record<string, string> {
  const { event, key, title, reason, at, alert } = notice;
  return {
    event,
    key,
    title,
    reason,
    at: new Date(at).toISOString(),
    id: alert?.id ?? "",
    host: alert?.host ?? "",
    type: alert?.type ?? "",
    severity: severityOf(notice),
    state: alert?.state ?? "",
    count: String(alert?.count ?? 0),
  };
}

/** Fills a JSON text in one pass: a value can neither end its string nor name another placeholder. */
export function fill(template: string, notice: Notice): string {
  const values = valuesOf(notice);
  return template.replace(placeholder, (_, name: string) => JSON.stringify(values[name] ?? "").slice(1, -1));
}

const sample: Notice = { key: "k", event: "test", title: String.raw`a "title" \ `, reason: '"', at: 0 };

/** Why this is no template, or undefined. */
export function templateObjection(template: string): string | undefined {
  const known = valuesOf(sample);
  const strange = [...template.matchAll(placeholder)].find(([, name = ""]) => !Object.hasOwn(known, name));
  if (strange) return `${strange[0]} is unknown; there are ${Object.keys(known).join(", ")}`;
  try {
    JSON.parse(fill(template, sample));
    return undefined;
  } catch {
    return 'a template is JSON, with its placeholders in strings: {"text": "{{title}}"}';
  }
}
