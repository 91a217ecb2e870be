import { startAgent } from "../agent/agent.ts";
import { readMetrics } from "../agent/metrics.ts";
import { slug } from "../shared/model.ts";
import type { AgentFlags } from "./agent.ts";
import { findDaemon } from "./connect.ts";
import type { Context } from "./context.ts";
import { CliFailure, statuses } from "./failure.ts";
import { version } from "./installation.ts";
import { untilEnd } from "./parent.ts";
import { steadyOutput } from "./steady-output.ts";
import { machineId } from "./this-machine.ts";

function readHost(flag: string | undefined): string {
  const parsed = slug.safeParse(flag ?? machineId());
  if (!parsed.success) throw new CliFailure(statuses.usage, `--host: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

/** Runs the agent until a signal, or the end of the parent that it belongs to, stops it. */
export async function runAgent(flags: AgentFlags, { env, clock }: Context): Promise<void> {
  const ended = untilEnd(flags.child === true);
  const host = readHost(flags.host);
  const { url, token, certFile } = findDaemon(flags, env);
  if (!token)
    throw new CliFailure(statuses.usage, "give the host's token with --token-file, --token or SENTINEL_TOKEN");
  const output = steadyOutput(process.stderr);
  const say = (line: string): void => output.write(`${new Date(clock.now()).toISOString()} ${line}\n`);
  say(`the agent of ${host} starts`);
  const agent = startAgent({
    url,
    token,
    certFile,
    host,
    client: `sentinel-agent/${version()}`,
    clock,
    random: Math.random,
    readMetrics,
    say,
  });
  say(`the agent ends (${await ended})`);
  agent.stop();
  await output.drained(300);
}
