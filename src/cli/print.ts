import { styleText } from "node:util";
import type { CommandSpec } from "../shared/api/command.ts";
import { cleanText } from "../shared/text.ts";
import { formatDuration } from "../shared/time.ts";
import type { FieldSchema } from "./fields.ts";
import { schemaOf } from "./schema.ts";
import { layPairs, layTable } from "./table.ts";

type Style = Parameters<typeof styleText>[0];
type Fields = Record<string, unknown>;

const colours: Record<string, Style> = {
  up: "green",
  late: "yellow",
  down: "red",
  firing: "red",
  acknowledged: "yellow",
  critical: "red",
  warning: "yellow",
  degraded: "yellow",
};

/** `12s ago`, or `in 4m` for what is still to come. */
export function sayAge(at: number, now: number): string {
  const agoMs = now - at;
  if (Math.abs(agoMs) < 1_000) return "just now";
  return agoMs > 0 ? `${formatDuration(agoMs)} ago` : `in ${formatDuration(-agoMs)}`;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function sayScalar(value: unknown, schema: FieldSchema, now: number): string {
  if (value === undefined || value === null || value === "") return "-";
  if (schema.unit === "epoch-ms") return sayAge(Number(value), now);
  if (schema.unit === "ms") return formatDuration(Number(value)) || "0s";
  if (typeof value === "number") return String(Math.round(value * 100) / 100);
  const text = cleanText(typeof value === "string" ? value : JSON.stringify(value));
  const colour = colours[text];
  return colour ? styleText(colour, text) : text;
}

/** Several of a kind side by side: their values tell enough. */
const sayValues = (value: Fields, schema: FieldSchema, now: number): string =>
  Object.entries(value)
    .map(([name, item]) => sayCell(item, schema.properties?.[name] ?? {}, now))
    .join(" ");

function sayCell(value: unknown, schema: FieldSchema, now: number): string {
  if (isFields(value)) {
    const cells = Object.entries(value).map(
      ([name, item]) => `${name}=${sayCell(item, schema.properties?.[name] ?? {}, now)}`,
    );
    return cells.join(" ") || "-";
  }
  if (!Array.isArray(value)) return sayScalar(value, schema, now);
  const items = schema.items ?? {};
  return (
    value.map((item) => (isFields(item) ? sayValues(item, items, now) : sayCell(item, items, now))).join(", ") || "-"
  );
}

const label = (name: string): string =>
  name.replace(/(?<=[a-z])(Ms|At)$/, "").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function sayItems(items: unknown[], columns: readonly string[], schema: FieldSchema, now: number): string {
  const rows = items
    .filter(isFields)
    .map((item) => columns.map((name) => sayCell(item[name], schema.properties?.[name] ?? {}, now)));
  return layTable(
    columns.map((name) => label(name).toUpperCase()),
    rows,
  );
}

/** Named things of one kind, one a line. */
const sayBlock = (value: Fields, now: number): string =>
  layPairs(
    Object.entries(value).map(([name, item]) => [name, sayValues(item as Fields, {}, now)]),
    "  ",
  );

function sayFields(value: Fields, schema: FieldSchema, now: number): string {
  const short: [string, string][] = [];
  const lists: string[] = [];
  for (const [name, item] of Object.entries(value)) {
    const part = schema.properties?.[name] ?? {};
    const columns = Object.keys(part.items?.properties ?? {});
    if (Array.isArray(item) && columns.length > 0 && item.length > 0)
      lists.push(`\n${label(name)}:`, sayItems(item, columns, part.items ?? {}, now));
    else if (isFields(item) && Object.keys(item).length > 0 && Object.values(item).every(isFields))
      lists.push(`\n${label(name)}:`, sayBlock(item, now));
    else if (typeof item === "string" && item.includes("\n"))
      lists.push(`\n${label(name)}:`, ...item.split("\n").map((line) => `  ${cleanText(line)}`.trimEnd()));
    else short.push([label(name), sayCell(item, part, now)]);
  }
  return [layPairs(short), ...lists].join("\n").trim();
}

/** A result for people: a table where the registry names one, else its fields one a line. */
export function sayResult(spec: CommandSpec, value: unknown, now: number): string {
  const schema = schemaOf(spec.result, "output");
  const table = spec.cli?.table;
  if (!isFields(value)) return sayCell(value, schema, now);
  if (!table) return sayFields(value, schema, now);
  const items = value[table.items];
  const list = Array.isArray(items) ? items : [];
  const text =
    list.length > 0 ? sayItems(list, table.columns, schema.properties?.[table.items]?.items ?? {}, now) : "none";
  return typeof value["next"] === "string" ? `${text}\n\nThere are more: add --cursor ${value["next"]}` : text;
}
