import { randomBytes } from "node:crypto";
import { createChain } from "../../daemon/monitors/logs/offline/chain.ts";
import type { Outcome, Redaction } from "../../daemon/monitors/logs/offline/chain.ts";
import { clean } from "../../daemon/monitors/logs/read/clean.ts";
import { createLineReader } from "../../daemon/monitors/logs/read/lines.ts";
import type { Line } from "../../daemon/monitors/logs/read/lines.ts";
import { createRedactor } from "../../daemon/monitors/logs/redact/redactor.ts";
import type { Context } from "../context.ts";
import { keepMemorySmall } from "../free-memory.ts";
import { statuses } from "../failure.ts";
import type { LogFlags } from "../logs.ts";
import { openLog } from "./input.ts";
import { createOutput } from "./output.ts";
import type { Output } from "./output.ts";
import { createProgress } from "./progress.ts";
import { sayMany, sayOutcome, sayTemplates } from "./say.ts";

/** Another key each time: nobody can find out a secret by trying which one its placeholder stands for. */
const redactionOf = (flags: LogFlags): Redaction => ({
  key: randomBytes(32),
  pseudonyms: { addresses: flags["hide-addresses"], users: flags["hide-users"] },
});

/** Reads a log to its end; `take` gets its lines, and `pause` is waited for after each chunk. */
async function eachLine(
  { file = "" }: LogFlags,
  { clock }: Context,
  { take, pause, quiet = false }: { take(line: Line): void; pause?: () => Promise<void>; quiet?: boolean },
): Promise<void> {
  keepMemorySmall();
  const input = await openLog(file, process.stdin);
  const progress = createProgress(quiet ? { write() {} } : process.stderr, input, clock);
  const reader = createLineReader();
  let count = 0;
  const all = (lines: readonly Line[]): void => {
    for (const line of lines) take(line);
    count += lines.length;
  };
  try {
    for await (const chunk of input.chunks) {
      all(reader.push(chunk));
      progress.lines(count);
      await pause?.();
    }
    all(reader.end());
    await pause?.();
  } finally {
    progress.end();
  }
}

/** Prints the log, its secrets replaced, line by line. */
export async function redact(flags: LogFlags, context: Context): Promise<void> {
  const redactor = createRedactor(redactionOf(flags));
  const output = createOutput(process.stdout);
  let count = 0;
  await eachLine(flags, context, {
    take(line) {
      count += 1;
      const withheld = typeof line === "string" ? undefined : line.withheldBytes;
      const text = typeof line === "string" ? redactor.redact(clean(line)) : "";
      if (flags.json)
        output.line(
          JSON.stringify({ line: count, ...(withheld === undefined ? { text } : { withheldBytes: withheld }) }),
        );
      else output.line(withheld === undefined ? text : `<withheld: a line of ${sayMany(withheld, "byte")}>`);
    },
    pause: () => output.room(),
    // The log itself is on the terminal.
    quiet: process.stdout.isTTY,
  });
}

/** Stands for a line that is in no group. */
const WITHHELD = -1;
const PAGE = 16_384;

/** The group of each line: four bytes a line, however many there are. */
interface Groups {
  add(group: number): void;
  count(): number;
  pages(): Int32Array[];
}

function createGroups(): Groups {
  const full: Int32Array[] = [];
  let page = new Int32Array(PAGE);
  let used = 0;
  return {
    add(group) {
      if (used === PAGE) {
        full.push(page);
        page = new Int32Array(PAGE);
        used = 0;
      }
      page[used] = group;
      used += 1;
    },
    count: () => full.length * PAGE + used,
    pages: () => [...full, page.subarray(0, used)],
  };
}

async function outcomeOf(
  flags: LogFlags,
  context: Context,
  { detect, take }: { detect: boolean; take?: (group: number) => void },
): Promise<Outcome> {
  const now = context.clock.now();
  const chain = createChain({ ...redactionOf(flags), now, messageOnly: flags["message-only"] === true, detect });
  await eachLine(flags, context, {
    take(line) {
      const taken = chain.take(line);
      take?.(taken?.group ?? WITHHELD);
    },
  });
  return chain.finish();
}

/** Prints the templates of a log, or of each line which it is. */
export async function templates(flags: LogFlags, context: Context): Promise<void> {
  const groups = createGroups();
  const outcome = await outcomeOf(flags, context, {
    detect: false,
    ...(flags.assign && { take: groups.add }),
  });
  const { lines, withheld } = outcome;
  const output = createOutput(process.stdout);
  if (flags.assign) await printGroups(groups, outcome, flags, output);
  else if (flags.json) output.line(JSON.stringify({ lines, withheld, templates: outcome.templates }, null, 2));
  else for (const text of sayTemplates(outcome)) output.line(text);
  await output.room();
}

/** An id a line, in order; they are a JSON list together, if that is wanted. */
async function printGroups(groups: Groups, { idOf }: Outcome, { json }: LogFlags, output: Output): Promise<void> {
  const idFor = (group: number): string | null => (group === WITHHELD ? null : idOf(group));
  if (json) output.line("[");
  let left = groups.count();
  for (const page of groups.pages()) {
    for (const group of page) {
      left -= 1;
      const id = idFor(group);
      output.line(json ? `${JSON.stringify(id)}${left === 0 ? "" : ","}` : (id ?? "withheld"));
    }
    await output.room();
  }
  if (json) output.line("]");
}

/** Prints what the local analyser finds in a log. */
export async function analyze(flags: LogFlags, context: Context): Promise<void> {
  const outcome = await outcomeOf(flags, context, { detect: true });
  const { lines, withheld, firstAt, lastAt, redactions, findings } = outcome;
  const { total, byKind } = redactions;
  const output = createOutput(process.stdout);
  output.line(
    flags.json
      ? JSON.stringify(
          {
            lines,
            withheld,
            firstAt,
            lastAt,
            redactions: { total, kinds: Object.fromEntries(byKind) },
            templates: outcome.templates.length,
            findings,
          },
          null,
          2,
        )
      : sayOutcome(outcome),
  );
  await output.room();
  const grave = flags["fail-on"] === "warning" ? ["critical", "warning"] : ["critical"];
  if (flags["fail-on"] && findings.some(({ severity }) => grave.includes(severity))) context.endWith(statuses.failed);
}
