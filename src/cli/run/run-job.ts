import { withRetries } from "../../shared/client/retry.ts";
import { slug } from "../../shared/model.ts";
import type { Context } from "../context.ts";
import { CliFailure, statuses } from "../failure.ts";
import { readRetries } from "../retries.ts";
import type { RunFlags } from "../run.ts";
import { startJob } from "./job.ts";
import { passSignals } from "./pass-signals.ts";
import { createReporter } from "./reporter.ts";

function readHost(flag: string | undefined): string | undefined {
  if (flag === undefined) return undefined;
  const parsed = slug.safeParse(flag);
  if (!parsed.success) throw new CliFailure(statuses.usage, `<host>: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

function readCommand(flags: RunFlags): string[] {
  const command = flags["--"] ?? [];
  if (!command[0])
    throw new CliFailure(statuses.usage, "put the job behind two dashes: sentinel run web01 -- backup --all");
  return command;
}

/**
 * Runs a job and tells of it. The start is told while the job runs, and what can't be told is tried again only after
 * it: once, when somebody has asked for the end meanwhile.
 */
export async function runJob(flags: RunFlags, { env, clock, warn, endWith }: Context): Promise<void> {
  const command = readCommand(flags);
  const host = readHost(flags.host);
  const retries = readRetries(flags.retries);
  const reporter = createReporter(host, flags, env);
  const ending = new AbortController();
  // Before there is a job: a signal that came in between would leave it alone in the world.
  passSignals(
    (signal) => job.pass(signal),
    () => ending.abort(),
  );
  const job = startJob(command, clock);
  const started = reporter.started();
  const end = await job.ended;
  endWith(end.status);
  // Told before the end is, or else its run would never be closed.
  const opened = await started;
  const told = await withRetries(() => reporter.ended(end), {
    retries,
    clock,
    random: Math.random,
    signal: ending.signal,
  });
  if (!told.ok) warn(`sentinel: nobody was told how the job ended: ${told.message}`);
  else if (!opened.ok) warn(`sentinel: the job's start couldn't be told: ${opened.message}`);
}
