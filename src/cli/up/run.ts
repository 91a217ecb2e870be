import { OptionsError, readOptions } from "../../daemon/options.ts";
import type { DaemonOptions } from "../../daemon/options.ts";
import { readAdminToken, tokenOf } from "../connect.ts";
import type { Target } from "../connect.ts";
import type { Context } from "../context.ts";
import { CliFailure, statuses } from "../failure.ts";
import type { Status } from "../failure.ts";
import { defaultDataFolder, version } from "../installation.ts";
import type { UpFlags } from "../up.ts";
import { createView } from "../view.ts";
import type { View } from "../view.ts";
import { startChild } from "./child.ts";
import type { Child } from "./child.ts";
import { findRunning } from "./running.ts";
import { abortOnSignals, unlessAborted } from "../signals.ts";
import { registerThisHost } from "./this-host.ts";

/** Everything that a start has at hand. `crew` is what it started, in order, for the end to stop in reverse. */
interface Start {
  options: DaemonOptions;
  view: View;
  ending: AbortController;
  crew: Child[];
  context: Context;
}

function readWanted(flags: UpFlags, env: Context["env"]): DaemonOptions {
  try {
    return readOptions({ flags, env: env.variables, defaultData: defaultDataFolder() });
  } catch (error) {
    if (error instanceof OptionsError) throw new CliFailure(statuses.config, error.message, { cause: error });
    throw error;
  }
}

/** A child that ends by itself is told in one line; without its daemon the rest has nothing to do. */
function watchOver(child: Child, { view, ending }: Start, isVital: boolean): void {
  void child.gone.then((how) => {
    if (ending.signal.aborted) return;
    view.say(`sentinel: the ${child.name} ${how}; see ${child.logFile}`);
    if (isVital) ending.abort("failed");
  });
}

/** What was typed, as it was: the daemon reads the rest where we did, and can tell where each value came from. */
const typedFlags = ({ items }: DaemonOptions): string[] =>
  items.filter(({ source }) => source === "flag").flatMap(({ from = "", value }) => [from, String(value)]);

async function startDaemon(start: Start): Promise<Target | undefined> {
  const { options, crew, ending } = start;
  const daemon = startChild("daemon", typedFlags(options), options.data);
  crew.push(daemon);
  const url = await unlessAborted(daemon.ready, ending.signal).catch((error: Error) => {
    throw new CliFailure(statuses.failed, `the daemon doesn't start: ${error.message}`, { cause: error });
  });
  if (url === undefined) return undefined;
  watchOver(daemon, start, true);
  return { url, token: readAdminToken(options.data), certFile: options.tls?.certFile };
}

async function startAgent(target: Target, start: Start): Promise<void> {
  const { options, crew, ending } = start;
  const note = await unlessAborted(registerThisHost(target, options.data), ending.signal);
  if (!note || ending.signal.aborted) return;
  const agent = startChild(
    "agent",
    ["--url", target.url, "--data", options.data, "--host", note.host, "--token-file", note.file],
    options.data,
  );
  crew.push(agent);
  watchOver(agent, start, false);
}

/** Starts daemon and agent, or finds the Sentinel that is there already; undefined when it is ended meanwhile. */
async function arrive(start: Start, token: string | undefined): Promise<Target | undefined> {
  const { options, view } = start;
  const running = await unlessAborted(findRunning({ ...options, token }), start.ending.signal);
  if (running) {
    view.say(`Sentinel already runs on ${running.url}: attached to it. It goes on when this ends.`);
    return running;
  }
  if (start.ending.signal.aborted) return undefined;
  const target = await startDaemon(start);
  if (!target) return undefined;
  view.say(`Sentinel ${version()} runs on ${target.url}, with its data and logs in ${options.data}.`);
  await startAgent(target, start);
  return target;
}

const statusFor = (status: number, { signal }: AbortController): Status =>
  signal.aborted && signal.reason === "failed"
    ? statuses.failed
    : status === 0 || signal.aborted
      ? statuses.done
      : statuses.failed;

/** Runs Sentinel on this machine until the person quits or a signal comes; then stops what it started. */
export async function runUp(flags: UpFlags, context: Context): Promise<Status> {
  const ending = new AbortController();
  abortOnSignals(ending);
  const view = createView(context);
  const start: Start = { options: readWanted(flags, context.env), view, ending, crew: [], context };
  try {
    const target = await arrive(start, tokenOf(flags, context.env));
    if (!target || ending.signal.aborted) return statusFor(0, ending);
    return statusFor(await view.run(target, ending.signal), ending);
  } finally {
    ending.abort("done");
    // The agent before the daemon, so that its end isn't taken for a lost line.
    for (const child of start.crew.toReversed()) await child.stop();
    await view.close();
  }
}
