import { createHash } from "node:crypto";
import { z } from "zod";
import type { Line } from "../read/lines.ts";
import { LINE_LIMIT_BYTES } from "./take-lines.ts";

// Text, bytes if it isn't that, null if journalctl found it too long, and an array of those if there are several.
const one = z.union([z.string(), z.array(z.number().int().min(0).max(255)), z.null()]);
const field = z.union([one, z.array(one)]).optional();

const entrySchema = z.object({
  __CURSOR: z.string(),
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,16}$/),
  MESSAGE: field,
  PRIORITY: field,
  SYSLOG_FACILITY: field,
  SYSLOG_IDENTIFIER: field,
  SYSLOG_PID: field,
  _COMM: field,
  _PID: field,
  _HOSTNAME: field,
  _SYSTEMD_UNIT: field,
  _SYSTEMD_USER_UNIT: field,
  UNIT: field,
});

/** What of an entry is asked for, beside what is always there (`journalctl -o json`, systemd.journal-fields(7)). */
export const wantedFields = Object.keys(entrySchema.shape).filter((name) => !name.startsWith("__"));

export interface Entry {
  cursor: string;
  /** Epoch ms. */
  at: number;
  units: string[];
  /** As RFC 5424 has it, so that severity, host and program are found as in any other line. */
  line: Line;
  /** Knows it again, whatever its cursor is. */
  hash: string;
}

/** Reads one line of `journalctl -o json`; undefined for what isn't an entry. */
export function entryOf(text: string): Entry | undefined {
  const parsed = entrySchema.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { __CURSOR: cursor, __REALTIME_TIMESTAMP: micros, ...fields } = parsed.data;
  const at = Number(micros) / 1_000;
  const { MESSAGE, _SYSTEMD_UNIT, _SYSTEMD_USER_UNIT, UNIT } = fields;
  const message = (wordsOf(MESSAGE) ?? "").replace(/(?:\r?\n)+/g, " ").trimEnd();
  const header = headerOf(fields, at);
  const isLong = Buffer.byteLength(message) + header.length > LINE_LIMIT_BYTES;
  return {
    cursor,
    at,
    units: [_SYSTEMD_UNIT, _SYSTEMD_USER_UNIT, UNIT].flatMap((unit) => wordsOf(unit) ?? []),
    line: isLong ? { withheldBytes: Buffer.byteLength(message) } : `${header} ${message}`,
    hash: createHash("sha256").update(`${micros} ${header} ${message}`).digest("base64url").slice(0, 8),
  };
}

type Fields = Omit<z.infer<typeof entrySchema>, "__CURSOR" | "__REALTIME_TIMESTAMP">;

function headerOf(fields: Fields, at: number): string {
  const number = (value: z.infer<typeof field>, most: number, otherwise: number): number => {
    const given = Number(wordsOf(value) ?? otherwise);
    return Number.isInteger(given) && given >= 0 && given <= most ? given : otherwise;
  };
  // Of neither facility nor priority: a notice of a daemon.
  const priority = number(fields.SYSLOG_FACILITY, 23, 3) * 8 + number(fields.PRIORITY, 7, 5);
  const program = wordsOf(fields.SYSLOG_IDENTIFIER) ?? wordsOf(fields._COMM);
  const words = [wordsOf(fields._HOSTNAME), program, wordsOf(fields._PID) ?? wordsOf(fields.SYSLOG_PID)];
  const [host, app, pid] = words.map((word) => word?.replace(/[^!-~]/g, "_").slice(0, 48) || "-");
  return `<${priority}>1 ${new Date(at).toISOString()} ${host} ${app} ${pid} - -`;
}

function wordsOf(value: z.infer<typeof field>): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (value.every((byte) => typeof byte === "number")) return Buffer.from(value).toString();
  return value.flatMap((part) => (typeof part === "number" ? [] : (wordsOf(part) ?? []))).join(" ");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
