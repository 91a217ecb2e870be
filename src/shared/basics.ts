import { z } from "zod";
import { cleanText } from "./text.ts";

/** An instant: UTC epoch milliseconds inside Sentinel and on the WebSocket, ISO 8601 in REST (`unit` marks it). */
export const instant = z.number().int().nonnegative().meta({ unit: "epoch-ms" });

export const durationMs = z
  .number()
  .int()
  .nonnegative()
  .max(366 * 24 * 3_600_000)
  .meta({ unit: "ms" });

/** Host ids and tags: what fits a URL, a file name and a shell word unquoted. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "use 1 to 64 of a-z 0-9 . _ -, starting with a letter or digit");

const utf8 = new TextEncoder();

/** Text that a person or a machine wrote, made safe for terminals. */
export const prose = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.length * 3 <= max || utf8.encode(text).length <= max, `at most ${max} bytes`)
    .overwrite(cleanText);

export const severities = ["critical", "warning", "info"] as const;
