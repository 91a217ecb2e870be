import { styleText } from "node:util";
import type { PlanItem, Plan, SectionName } from "../../shared/api/document.ts";
import { policySchema } from "../../shared/model.ts";
import { sayWindow } from "../../shared/schedule/window-words.ts";
import { windowSchema } from "../../shared/schedule/window.ts";
import { cleanText } from "../../shared/text.ts";
import { formatDuration, parseDuration } from "../../shared/time.ts";
import { writtenAs } from "../fields.ts";
import type { FieldSchema } from "../fields.ts";
import { layTable } from "../table.ts";
import type { HostSecrets } from "../../shared/api/host.ts";
import { sectionFields } from "./document.ts";

type Kind = PlanItem["kind"];

export const sectionOf: Record<Kind, SectionName> = {
  host: "hosts",
  channel: "channels",
  policy: "policies",
  silence: "silences",
  probe: "probes",
  source: "sources",
};

/** `3 hosts`, `1 policy`. */
export const sayCount = (kind: Kind, count: number): string => `${count} ${count === 1 ? kind : sectionOf[kind]}`;

const marks = {
  add: ["+", "green"],
  change: ["~", "yellow"],
  remove: ["-", "red"],
} as const;

/** A value as a file would have it; a span is never rounded. */
function sayValue(value: unknown, schema: FieldSchema): string {
  if (schema.unit === "ms" && typeof value === "number") {
    const span = (value === 0 ? "0s" : formatDuration(value)).replace(" ", "");
    return parseDuration(span) === value ? span : `${value}ms`;
  }
  if (schema.unit === "epoch-ms" && typeof value === "number") return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((one) => sayWords(one)).join(", ") || "[]";
  return sayWords(value);
}

const step = policySchema.shape.escalate.unwrap().element;

/** In words, where there are some for it: a window's, or those of a step of an escalation. */
function sayWords(value: unknown): string {
  const asWindow = windowSchema.safeParse(value).data;
  const words = typeof value === "string" ? value : asWindow && sayWindow(asWindow);
  if (words !== undefined) return cleanText(words);
  const asStep = step.safeParse(value).data;
  if (asStep) return `${sayValue(asStep.afterMs, { unit: "ms" })}:${asStep.channels.join("+")}`;
  return cleanText(JSON.stringify(value));
}

function sayField(kind: Kind, { name, before, after }: PlanItem["fields"][number]): string {
  // Of a secret nothing is known but what becomes of it.
  if (name.startsWith("secrets.")) return `    ${cleanText(name)}: ${after === undefined ? "removed" : String(after)}`;
  const field = sectionFields[sectionOf[kind]].find((one) => one.name === name);
  const say = (value: unknown): string => (value === undefined ? "(none)" : sayValue(value, field?.schema ?? {}));
  return `    ${field ? writtenAs(field) : name}: ${before === undefined ? "" : `${say(before)} -> `}${say(after)}`;
}

function sayItem({ action, kind, id, fields }: PlanItem): string[] {
  if (action === "same") return [];
  const [mark, colour] = marks[action];
  return [styleText(colour, `${mark} ${kind} ${id}`), ...fields.map((field) => sayField(kind, field))];
}

/** A plan as a difference to read; `isDone` says that it has been applied. */
export function sayPlan({ items, unlisted }: Plan, isDone: boolean): string {
  const count = (action: PlanItem["action"]): number => items.filter((item) => item.action === action).length;
  const counts = isDone
    ? `${count("add")} added, ${count("change")} changed, ${count("remove")} removed, ${count("same")} unchanged`
    : `${count("add")} to add, ${count("change")} to change, ${count("remove")} to remove, ${count("same")} unchanged`;
  const left = unlisted.map(({ kind, count: many }) => sayCount(kind, many)).join(", ");
  return [
    ...items.flatMap(sayItem),
    counts,
    ...(left === "" ? [] : [`Not in the file and left alone: ${left}; --prune would remove them.`]),
  ].join("\n");
}

/** The secrets of new hosts, side by side. */
export const sayHostSecrets = (hosts: readonly { id: string; secrets: HostSecrets }[]): string =>
  [
    "Shown this once: keep them now. (`sentinel host token <id>` makes new ones.)",
    layTable(
      ["HOST", "TOKEN", "PING URL"],
      hosts.map(({ id, secrets }) => [id, secrets.token, secrets.ping_url]),
    ),
  ].join("\n");
