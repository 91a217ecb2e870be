import { ackFrame, errorFrame, resultFrame, welcomeFrame } from "../protocol.ts";
import type { ChangesFrame, ServerFrame } from "../protocol.ts";

const rareFrames = { welcome: welcomeFrame, ack: ackFrame, error: errorFrame, result: resultFrame };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isMark = (item: unknown): boolean =>
  isObject(item) &&
  typeof item["kind"] === "string" &&
  typeof item["id"] === "string" &&
  typeof item["rev"] === "number";

/** By hand, because a list of 100,000 entities passes here and a schema would copy each. */
function isChanges(frame: Record<string, unknown>): boolean {
  const { rev, snapshot, more, upserts, removals } = frame;
  if (typeof rev !== "number" || typeof snapshot !== "boolean" || typeof more !== "boolean") return false;
  if (!Array.isArray(upserts) || !Array.isArray(removals)) return false;
  return upserts.every((item) => isMark(item) && isObject(item.value)) && removals.every(isMark);
}

/** What the daemon said; "unknown" for a type of a newer version, "broken" for what no version would say. */
export function readFrame(text: string): ServerFrame | "unknown" | "broken" {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return "broken";
  }
  if (!isObject(frame)) return "broken";
  if (frame["type"] === "changes") return isChanges(frame) ? (frame as unknown as ChangesFrame) : "broken";
  const schema = Object.hasOwn(rareFrames, String(frame["type"]))
    ? rareFrames[frame["type"] as keyof typeof rareFrames]
    : undefined;
  if (!schema) return "unknown";
  const parsed = schema.safeParse(frame);
  return parsed.success ? parsed.data : "broken";
}
