import { clean } from "../read/clean.ts";
import type { Head } from "./head.ts";
import { severityOf, severityOfLetter, severityOfNumber } from "./level.ts";
import { roleOf, setField } from "./names.ts";
import type { Stamps } from "./stamp.ts";

type Values = Record<string, unknown>;
const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON object on one line, its parts known by common names, two levels deep. False if it isn't one. */
export function readJson(head: Head, stamps: Stamps): boolean {
  const { text, rest } = head;
  if (text.charCodeAt(rest) !== 123) return false;
  // Monolog puts an empty list behind.
  const end = text.lastIndexOf("}") + 1;
  if (!/^[ [\]]{0,4}$/.test(text.slice(end, end + 5))) return false;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(rest, end));
  } catch {
    return false;
  }
  if (!isValues(value)) return false;
  const fields: Record<string, string> = {};
  take(head, stamps, fields, value, 0);
  if (Object.keys(fields).length > 0) head.fields = fields;
  return true;
}

function take(head: Head, stamps: Stamps, fields: Record<string, string>, values: Values, depth: number): void {
  let count = 0;
  for (const [key, value] of Object.entries(values)) {
    count += 1;
    if (count > 100) return;
    const role = roleOf(key);
    if (isValues(value)) {
      if (role === "at") setTime(head, stamps, value["$date"]);
      else if (depth < 2) take(head, stamps, fields, value, depth + 1);
    } else if (role !== undefined && (typeof value === "string" || typeof value === "number"))
      setRole(head, stamps, fields, role, key, value, depth);
  }
}

function setTime(head: Head, stamps: Stamps, value: unknown): void {
  if (head.at !== undefined || (typeof value !== "string" && typeof value !== "number")) return;
  if (stamps.read(String(value), 0) !== -1) head.at = stamps.at;
}

function setRole(
  head: Head,
  stamps: Stamps,
  fields: Record<string, string>,
  role: string,
  key: string,
  value: string | number,
  depth: number,
): void {
  // Escapes may stand for what no line has.
  const text = clean(String(value)).trim();
  switch (role) {
    case "at":
      return setTime(head, stamps, value);
    case "level":
      if (depth === 0) head.severity ??= severityOfKey(key, value);
      return;
    case "message":
      if (depth === 0 && text !== "" && (head.message === undefined || key.toLowerCase().startsWith("m")))
        head.message = text;
      return;
    case "host":
      if (depth === 0) head.host ??= text;
      return;
    case "program":
      if (depth === 0) head.program ??= text;
      return;
    case "pid":
      if (depth === 0 && Number.isInteger(Number(text))) head.pid ??= Number(text);
      return;
    default:
      setField(fields, role, text);
  }
}

function severityOfKey(key: string, value: string | number): Head["severity"] {
  if (typeof value === "string" && !/^\d+$/.test(value)) return severityOf(value) ?? severityOfLetter(value);
  const number = Number(value);
  // Numbers below ten mean something else to each program, but to syslog.
  return number >= 10 || key.toLowerCase() === "priority" ? severityOfNumber(number) : undefined;
}
