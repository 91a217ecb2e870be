import { readFileSync } from "node:fs";
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

/** A file with the token alone, or the note that `sentinel up` keeps (JSON with a `token`). */
function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new CliFailure(statuses.config, `--token-file: cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const token = text.startsWith("{") ? (JSON.parse(text) as { token?: unknown }).token : text;
  if (typeof token !== "string" || token === "")
    throw new CliFailure(statuses.config, `--token-file: ${file} holds no token`);
  return token;
}

function readHost(flag: string | undefined): string {
  const parsed = slug.safeParse(flag ?? machineId());
  if (!parsed.success) throw new CliFailure(statuses.usage, `--host: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

/** Runs the agent until a signal, or the end of the parent that it belongs to, stops it. */
export async function runAgent(flags: AgentFlags, { env, clock }: Context): Promise<void> {
  const ended = untilEnd(flags.child === true);
  const host = readHost(flags.host);
  const file = flags["token-file"];
  const { url, token } = findDaemon(file === undefined ? flags : { ...flags, token: readToken(file) }, env);
  if (!token)
    throw new CliFailure(statuses.usage, "give the host's token with --token-file, --token or SENTINEL_TOKEN");
  const output = steadyOutput(process.stderr);
  const say = (line: string): void => output.write(`${new Date(clock.now()).toISOString()} ${line}\n`);
  say(`the agent of ${host} starts`);
  const agent = startAgent({
    url,
    token,
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
