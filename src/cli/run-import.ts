import { readFileSync } from "node:fs";
import type { ArgsInput } from "../shared/api/registry.ts";
import { MINUTE } from "../shared/time.ts";
import { explain, openSocket } from "./call.ts";
import { findDaemon } from "./connect.ts";
import type { Context } from "./context.ts";
import type { ImportFlags } from "./export.ts";
import { CliFailure, failureOf, statuses } from "./failure.ts";
import { ImportError, parseLines, planImport, type Step } from "./importing.ts";
import type { Line } from "./portable.ts";
import { planMove } from "./moving/moved.ts";
import { movedFrom } from "./moving/moving.ts";
import { movePast } from "./moving/past.ts";
import { readLines } from "./run-export.ts";

/** Says what would be done, or does it: one line after the other, and what is refused doesn't stop the rest. */
export async function runImport(flags: ImportFlags, { env, clock, print, warn, endWith }: Context): Promise<void> {
  const given = read(flags.file);
  const target = findDaemon(flags, env);
  const there = await readLines(target);
  const socket = openSocket(target);
  let refused = 0;
  try {
    const plan =
      "lines" in given ? planImport(given.lines, there, clock.now()) : planMove(given.moved, await known(there));
    if ("from" in given) print(`from ${given.from}:`);
    for (const step of plan) {
      const failure = flags.yes ? await perform(step) : undefined;
      const { verb, why, line } = step;
      print(`${failure ? "refused" : verb}  ${line.kind} ${line.id}${why || failure ? `: ${failure ?? why}` : ""}`);
      if (failure) refused++;
    }
    if ("past" in given && given.past !== undefined) await takePast(given.past, plan);
  } finally {
    socket.close();
  }
  if (!flags.yes) warn("sentinel: nothing was changed; --yes does it");
  if (refused > 0) endWith(statuses.failed);

  /** In a dry run the hosts that would be added count as there. */
  async function takePast(file: string, plan: readonly Step[]): Promise<void> {
    const limits = await socket.command("past.limits", {});
    if (!limits.ok) throw failureOf(explain(limits, target));
    const added = flags.yes ? [] : plan.filter(({ verb }) => verb === "add").map(({ line }) => line);
    const now = flags.yes ? await readLines(target) : there;
    const hosts = new Set([...now, ...added].filter(({ kind }) => kind === "host").map(({ id }) => id));
    const send = async (args: ArgsInput<"past.take">) => socket.command("past.take", args, { timeoutMs: 2 * MINUTE });
    const moving = movePast(file, { hosts, limits: limits.value, now: clock.now() }, flags.yes ? send : undefined);
    for await (const { verb, table, why } of moving) {
      print(`${verb}  history ${table}: ${why}`);
      if (verb === "refused") refused++;
    }
  }

  /** What has an id here already. */
  async function known(lines: readonly Line[]): Promise<ReadonlySet<string>> {
    const probes = await socket.command("probe.list", {});
    if (!probes.ok) throw failureOf(explain(probes, target));
    return new Set([
      ...lines.map(({ kind, id }) => `${kind} ${id}`),
      ...probes.value.items.map(({ id }) => `probe ${id}`),
    ]);
  }

  async function perform({ calls }: Step): Promise<string | undefined> {
    for (const { name, args } of calls) {
      const answer = await socket.command(name, args);
      if (!answer.ok && answer.unreached) throw failureOf(explain(answer, target));
      if (!answer.ok) return answer.message;
    }
    return undefined;
  }
}

type Given = { lines: Line[] } | NonNullable<ReturnType<typeof movedFrom>>;

function read(file: string): Given {
  try {
    return movedFrom(file) ?? { lines: parseLines(readFileSync(file === "-" ? 0 : file, "utf8")) };
  } catch (error) {
    if (error instanceof ImportError)
      throw new CliFailure(statuses.usage, `${file}: ${error.message}`, { cause: error });
    throw new CliFailure(statuses.usage, `${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
}
