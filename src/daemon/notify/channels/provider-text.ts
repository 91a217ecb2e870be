import { clean, cut } from "./text.ts";

/** How much of a provider's own words goes into a reason. */
const limit = 200;
// Parts of well-known webhook paths that say nothing about whose webhook it is.
const plainParts = new Set([
  "api",
  "editMessageText",
  "hooks",
  "messages",
  "sendMessage",
  "services",
  "slack",
  "webhook",
  "webhooks",
  "workflows",
]);

/** Is this a page for people? What was asked for is never one: something on the way has answered (a proxy, a portal). */
export const isWebPage = (body: string): boolean => body.trimStart().startsWith("<");

/** A provider's JSON answer, or undefined. */
export function jsonOf(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** A provider's own words about a failure: cleaned, with no secret in them, and short. */
export function providerText(body: string, secrets: unknown): string {
  if (isWebPage(body)) return "a web page";
  const json = jsonOf(body);
  const said = json ? (firstError(json["errors"]) ?? wordsIn(json)) : body;
  return cut(redact(clean(said), secrets), limit);
}

const wordsIn = (json: Record<string, unknown>): string =>
  ["message", "error", "detail", "description"].map((name) => json[name]).find((value) => typeof value === "string") ??
  "";

/** Discord's complaints lie deep (`errors.embeds.0.title._errors[0].message`), PagerDuty's are a list of texts. */
function firstError(value: unknown, depth = 0): string | undefined {
  if (!isRecord(value) || depth > 10) return undefined;
  if (typeof value["message"] === "string") return value["message"];
  if (Array.isArray(value) && typeof value[0] === "string") return value[0];
  for (const inner of Object.values(value)) {
    const found = firstError(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Takes out every secret, and every part of a secret URL that alone would do. */
export function redact(text: string, secrets: unknown): string {
  const values = isRecord(secrets) ? Object.values(secrets).filter((value) => typeof value === "string") : [];
  const parts = values.flatMap(secretParts).sort((a, b) => b.length - a.length);
  return parts.reduce((rest, part) => rest.replaceAll(part, "[redacted]"), text);
}

function secretParts(secret: string): string[] {
  if (!URL.canParse(secret)) return secret ? [secret, encodeURIComponent(secret)] : [];
  const { href, host, pathname, search, searchParams } = new URL(secret);
  const raw = [...pathname.split("/"), ...searchParams.values()].filter((part) => !plainParts.has(part));
  const parts = [...raw, ...raw.map(decoded)].filter((part) => part.length >= 4);
  return [secret, href, host + pathname, pathname + search, ...parts].filter((part) => part.length >= 4);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
