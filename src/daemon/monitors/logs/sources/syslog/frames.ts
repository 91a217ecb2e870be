import type { Line } from "../../read/lines.ts";
import { LINE_LIMIT_BYTES } from "../take-lines.ts";

/** What a sender of messages can't mean seriously. */
const FRAME_LIMIT_BYTES = 1 << 20;
/** `123 <`: a count of bytes, and where the message begins. */
const counted = /^([1-9]\d{0,9}) $/;
const COUNT_BYTES = 11;

export interface FrameReader {
  /** The messages that end in this chunk; undefined if what comes can't be messages. */
  push(chunk: Uint8Array): Line[] | undefined;
}

/**
 * Messages out of a stream: with their lengths before them (RFC 6587, 3.4.1, as RFC 5425 has it for TLS), or a line each
 * (3.4.2); each message decides for itself. One over the limit is counted and not held.
 */
export function createFrameReader(): FrameReader {
  let held = Buffer.alloc(0);
  /** What is left of a message that is passed over, and how long it is so far; -1 means up to the end of the line. */
  let skipping: { left: number; bytes: number } | undefined;

  function skip(): Line | undefined {
    if (!skipping) return undefined;
    const newline = skipping.left < 0 ? held.indexOf(10) : -1;
    const passed = skipping.left < 0 ? (newline < 0 ? held.length : newline) : Math.min(skipping.left, held.length);
    skipping.bytes += passed;
    if (skipping.left > 0) skipping.left -= passed;
    held = held.subarray(newline < 0 ? passed : passed + 1);
    if (skipping.left > 0 || (skipping.left < 0 && newline < 0)) return undefined;
    const line = { withheldBytes: skipping.bytes };
    skipping = undefined;
    return line;
  }

  /** Null if it can't be one. */
  function next(): Line | null | undefined {
    if (skipping) return skip();
    const length = countOf(held);
    if (length === "unknown") return undefined;
    if (length !== undefined && length.bytes > FRAME_LIMIT_BYTES) return null;
    const start = length?.start ?? 0;
    const newline = length ? -1 : held.indexOf(10);
    const bytes = length?.bytes ?? (newline < 0 ? held.length : newline);
    if (bytes > LINE_LIMIT_BYTES) {
      skipping = { left: length ? bytes : -1, bytes: 0 };
      held = held.subarray(start);
      return skip();
    }
    const end = start + bytes;
    if (length ? held.length < end : newline < 0) return undefined;
    const line = textOf(held.subarray(start, end));
    held = held.subarray(length ? end : end + 1);
    return line;
  }

  return {
    push(chunk) {
      held = Buffer.concat([held, chunk]);
      const lines: Line[] = [];
      for (;;) {
        const before = held.length;
        const line = next();
        if (line === null) return undefined;
        if (line !== undefined && line !== "") lines.push(line);
        if (line === undefined && (held.length === before || held.length === 0)) return lines;
      }
    },
  };
}

/** The count that a message begins with; undefined if it begins otherwise, `unknown` if that can't be told yet. */
function countOf(bytes: Buffer): { bytes: number; start: number } | "unknown" | undefined {
  const head = bytes.toString("latin1", 0, COUNT_BYTES + 1);
  const [digits = ""] = /^[1-9]\d{0,9} ?/.exec(head) ?? [];
  if (digits === "") return head === "" ? "unknown" : undefined;
  if (digits.length === head.length) return "unknown";
  const [, count] = counted.exec(digits) ?? [];
  return count !== undefined && head[digits.length] === "<"
    ? { bytes: Number(count), start: digits.length }
    : undefined;
}

/** A message on one line, as it came; too long, its length. */
export function textOf(message: Uint8Array): Line {
  if (message.length > LINE_LIMIT_BYTES) return { withheldBytes: message.length };
  return Buffer.from(message)
    .toString()
    .replace(/[\r\n\0]+$/, "")
    .replace(/[\r\n]+/g, " ");
}
