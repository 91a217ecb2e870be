import { z } from "zod";
import { instant } from "../model.ts";
import { DAY } from "../time.ts";

/** How long something planned lasts. */
export const lasting = z
  .number()
  .int()
  .min(1_000)
  .max(366 * DAY)
  .meta({ unit: "ms" });

/** When something planned is on: from (now if left out) until its end, or for so long. */
export const span = { from: instant.optional(), to: instant.optional(), durationMs: lasting.optional() };
