/** The entry of `sentinel-tui`: the console alone, on a daemon here or elsewhere. */
import yargs from "yargs";
import { trustAuthority } from "./authority.ts";
import { commonOptions } from "./common-options.ts";
import { findDaemon } from "./connect.ts";
import type { Context } from "./context.ts";
import { runEntry } from "./entry.ts";
import { CliFailure, statuses } from "./failure.ts";
import { version } from "./installation.ts";
import { abortOnSignals } from "./signals.ts";
import { createView } from "./view.ts";
import { viewOptions } from "./view-options.ts";

const { json: _json, ...options } = commonOptions;

async function readFlags(argv: string[]) {
  const parser = yargs(argv)
    .scriptName("sentinel-tui")
    .usage("Sentinel's console.\n\nUsage: $0 [--url URL --token-file FILE]")
    .locale("en")
    .options({ ...options, ...viewOptions })
    .version(version())
    .help();
  try {
    return await parser.strict().fail(false).exitProcess(false).parseAsync();
  } catch (error) {
    throw new CliFailure(statuses.usage, `${(error as Error).message}\n\`sentinel-tui --help\` says what it takes.`, {
      cause: error,
    });
  }
}

async function run(argv: string[], context: Context): Promise<void> {
  const flags = await readFlags(argv);
  if (flags["help"] || flags["version"]) return;
  trustAuthority(flags.ca ?? context.env.ca);
  const target = findDaemon(flags, context.env);
  const ending = new AbortController();
  abortOnSignals(ending);
  // Who only looks on ends with the reader: `sentinel-tui | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => error.code === "EPIPE" && ending.abort("EPIPE"));
  const view = createView(context, { canSuspend: true, flags });
  context.endWith(await view.run(target, ending.signal));
  await view.close();
}

await runEntry(run);
