import path from "node:path";
import { z } from "zod";
import { DAY } from "../../../../shared/time.ts";
import { type Budget, followOne } from "./follow-one.ts";
import { placeSchema } from "./plan.ts";
import { logNameOf } from "./rotation.ts";
import { type Collected, type Fault, type Files, type Request, SourceFault } from "./source.ts";

/** A pattern stands for so many logs at most. */
const FILES = 100;

/** What the file sources have in common, wherever the files are: each adds its own to it. */
export const followedOptions = {
  /** An absolute path; `*` and `?` in its last part mean several files. */
  path: z
    .string()
    .max(1_000)
    .regex(/^\/[^\0]*[^/\0]$/, "give an absolute path of a file, such as /var/log/auth.log or /var/log/*.log")
    .refine((given) => !/[*?].*\//.test(given), "* and ? may be in the last part alone: /var/log/*.log"),
  /** Where to begin the first time: `end` is the last thousand lines, at most 1 MB. */
  from: z.enum(["start", "end"]).default("end"),
};

/** How far each log was read. What was read for another path says nothing. */
export const followedCursor = z.strictObject({ path: z.string(), files: z.record(z.string(), placeSchema) });
type Cursor = z.infer<typeof followedCursor>;

interface Followed {
  path: string;
  from: "start" | "end";
}

/** Reads on in all logs of `options.path`, through rotation, truncation and what else becomes of a log. */
export async function followFiles(
  files: Files,
  request: Pick<Request<Followed, Cursor>, "options" | "cursor" | "limits" | "signal" | "clock">,
): Promise<Collected<Cursor>> {
  const { options, limits, signal, clock } = request;
  const cursor = request.cursor?.path === options.path ? request.cursor : undefined;
  const until = clock.monotonic() + limits.ms;
  const known = new Map(Object.entries(cursor?.files ?? {}));
  const { paths, faults } = await pathsOf(files, options.path, [...known.keys()]);
  const collected: Collected<Cursor> = { lines: [], cursor: undefined, gaps: [], more: false, faults };
  const places = new Map(known);
  const left = { bytes: limits.bytes, lines: limits.lines };
  // Who was read last comes last, and nobody gets more than its share of what is left: a busy log keeps none waiting.
  const turns = paths.toSorted((a, b) => (known.get(a)?.at.readAt ?? 0) - (known.get(b)?.at.readAt ?? 0));
  for (const [turn, path] of turns.entries()) {
    const logsLeft = turns.length - turn;
    const share = { bytes: Math.ceil(left.bytes / logsLeft), lines: Math.ceil(left.lines / logsLeft) };
    const budget: Budget = {
      ...share,
      isOver: () => budget.bytes <= 0 || budget.lines <= 0 || signal.aborted || clock.monotonic() >= until,
    };
    try {
      const one = await followOne({
        files,
        path,
        place: known.get(path),
        from: cursor ? "start" : options.from,
        isTaken: (other) => other !== path && paths.includes(other),
        budget,
        now: clock.now(),
      });
      for (const line of one.lines) collected.lines.push(line);
      collected.gaps.push(...one.gaps);
      collected.more ||= one.more;
      if (one.place) places.set(path, one.place);
      if (one.isMissing) leave(path);
    } catch (error) {
      if (!(error instanceof SourceFault)) throw error;
      faults.push({ step: error.step, message: error.message });
    }
    left.bytes -= share.bytes - budget.bytes;
    left.lines -= share.lines - budget.lines;
  }

  /** A log that was named must be there; of several one may go, for good. */
  function leave(path: string): void {
    if (path === options.path) {
      faults.push({ step: "open", message: `there is no ${path}: check the path, and whether it was moved` });
      return;
    }
    const at = places.get(path)?.at;
    places.delete(path);
    // Whatever wasn't written to any more for a day has been read.
    if (at && at.readAt - at.modifiedAt < DAY)
      collected.gaps.push({ reason: "rotated-away", from: at.readAt, to: clock.now(), where: path });
  }

  return { ...collected, cursor: { path: options.path, files: Object.fromEntries(places) } };
}

/** The logs that a path stands for, and those that it stood for the last time. */
async function pathsOf(
  files: Files,
  pattern: string,
  known: readonly string[],
): Promise<{ paths: string[]; faults: Fault[] }> {
  if (!/[*?]/.test(pattern)) return { paths: [pattern], faults: [] };
  const folder = path.posix.dirname(pattern);
  const names = await files.list(folder);
  const at = (name: string): string => path.posix.join(folder, name);
  const glob = expressionOf(path.posix.basename(pattern));
  const isLog = (name: string): boolean => {
    const log = logNameOf(name);
    return log === name || !(names.includes(log) || known.includes(at(log)));
  };
  const wanted = names.filter((name) => glob.test(name) && isLog(name));
  const stats = await Promise.all(wanted.map((name) => files.stat(at(name))));
  const found = wanted.filter((_, i) => stats[i]?.kind === "file").map(at);
  const paths = [...new Set([...known, ...found.sort()])];
  const faults: Fault[] = [];
  if (found.length === 0) faults.push({ step: "open", message: `nothing matches ${pattern}: check the path` });
  if (paths.length > FILES) {
    const message = `${pattern} matches ${paths.length} logs: ${FILES} of them are read; name fewer`;
    faults.push({ step: "limit", message });
  }
  return { paths: paths.slice(0, FILES), faults };
}

/** What a shell means by it: a name that begins with a dot has to be asked for. */
function expressionOf(glob: string): RegExp {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const unhidden = glob.startsWith(".") ? "" : String.raw`(?!\.)`;
  return new RegExp(`^${unhidden}${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
