import type { z } from "zod";
import { SECOND } from "../../../../shared/time.ts";
import { cleanText } from "../../../../shared/text.ts";
import { type Collected, type Request, type Source, SourceFault } from "./source.ts";

/** How long after its time a collection may take to hand over what it has. */
const PATIENCE_MS = 5 * SECOND;

interface Definition<Options, Cursor> {
  type: string;
  options: z.ZodType<Options>;
  cursor: z.ZodType<Cursor>;
  title(options: Options): string;
  /** Hands over what it has once `limits.ms` are over. What the machine did to it, it may throw as `SourceFault`. */
  collect(request: Request<Options, Cursor>): Promise<Collected<Cursor>>;
}

/** What all sources do alike: they keep to their time, read their own cursors alone, and say what went wrong. */
export function defineSource<Options, Cursor>(definition: Definition<Options, Cursor>): Source<Options> {
  const { type, options, title } = definition;
  return {
    type,
    options,
    title: (given) => cleanText(title(given)).slice(0, 200),
    async collect(request) {
      const known = request.cursor === undefined ? undefined : definition.cursor.safeParse(request.cursor);
      const { cursor: _, ...rest } = request;
      const collected = await inTime(definition, { ...rest, cursor: known?.data });
      if (known?.success !== false) return collected;
      return { ...collected, gaps: [{ reason: "cursor-lost" }, ...collected.gaps] };
    },
  };
}

async function inTime<Options, Cursor>(
  { collect }: Definition<Options, Cursor>,
  request: Request<Options, Cursor>,
): Promise<Collected<Cursor>> {
  const { clock, limits, signal, cursor } = request;
  const nothing = { lines: [], cursor, gaps: [], more: false };
  const limit = new AbortController();
  const ended = AbortSignal.any([signal, limit.signal]);
  const late = new Promise<Collected<Cursor>>((resolve) => {
    const tell = (): void => {
      const why = signal.aborted ? "stopped" : `no end after ${limits.ms / SECOND} s`;
      const message = `${why}: what was read isn't counted, and is read again the next time`;
      resolve({ ...nothing, faults: [{ step: "limit", message }] });
    };
    ended.addEventListener("abort", tell, { once: true });
  });
  const stopClock = clock.after(limits.ms + PATIENCE_MS, () => limit.abort());
  try {
    return await Promise.race([collect({ ...request, signal: ended }), late]);
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    return { ...nothing, faults: [{ step: error.step, message: cleanText(error.message) }] };
  } finally {
    stopClock();
    // A signal of several that something listens to is kept until it is aborted.
    limit.abort();
  }
}
