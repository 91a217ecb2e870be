import type { Logger } from "pino";
import { createApp } from "../daemon/app.ts";
import { OptionsError, readOptions } from "../daemon/options.ts";
import { SECOND } from "../shared/time.ts";
import { createLog } from "./daemon-log.ts";
import type { DaemonFlags } from "./daemon-options.ts";
import type { Context } from "./context.ts";
import { CliFailure, statuses } from "./failure.ts";
import { freeMemory } from "./free-memory.ts";
import { defaultDataFolder, version } from "./installation.ts";
import { tellParent, untilEnd } from "./parent.ts";
import { keepTickShape } from "./tick-shape.ts";

interface Flags extends DaemonFlags {
  config?: string | undefined;
  child?: boolean | undefined;
}

// Together with the last log lines it stays below the 5 s after which a service manager may lose patience.
const stopMs = 4.5 * SECOND;

// By then those who waited for a restart have been served.
const settledMs = 5 * SECOND;

function optionsFrom(flags: Flags, env: Context["env"]): ReturnType<typeof readOptions> {
  try {
    return readOptions({ flags, env: env.variables, defaultData: defaultDataFolder() });
  } catch (error) {
    if (error instanceof OptionsError) throw new CliFailure(statuses.config, error.message, { cause: error });
    throw error;
  }
}

/** Whatever keeps the daemon from starting, in words, here and to the `sentinel up` that waits for it. */
async function start(app: ReturnType<typeof createApp>): Promise<void> {
  try {
    await app.start();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Another start would end the same way, so a service manager shouldn't try: RestartPreventExitStatus= in the unit.
    const isLasting = error instanceof OptionsError || (error as { code?: string }).code === "newer";
    throw new CliFailure(isLasting ? statuses.config : statuses.failed, message, { cause: error });
  }
}

/** The disk can't be trusted any more: going on would answer for what may be lost. */
function endAtOnce(log: Logger, error: Error): never {
  log.fatal({ err: error }, "the daemon ends, because its data can't be kept safely");
  process.exit(statuses.failed);
}

/** A stop that takes longer is cut short: what was answered is on disk by then. */
function endIfStopHangs(): () => void {
  const timer = setTimeout(() => process.exit(statuses.failed), stopMs);
  return () => clearTimeout(timer);
}

/** Runs the daemon until a signal, or the end of the parent that it belongs to, stops it. */
export async function runDaemon(flags: Flags, { env, clock }: Context): Promise<void> {
  keepTickShape();
  const ended = untilEnd(flags.child === true);
  try {
    const options = optionsFrom(flags, env);
    const { log, flush } = createLog(options.logLevel);
    const app = createApp(options, { version: version(), clock, log, onFatal: (error) => endAtOnce(log, error) });
    await start(app);
    tellParent({ kind: "ready", url: app.address.url });
    let cancel = (): void => {};
    void app.settled.then(() => (cancel = clock.after(settledMs, freeMemory)));
    log.info({ cause: await ended }, "stopping");
    cancel();
    const stopped = endIfStopHangs();
    await app.stop();
    stopped();
    await flush();
  } catch (error) {
    if (error instanceof Error) tellParent({ kind: "failed", message: error.message });
    throw error;
  }
}
