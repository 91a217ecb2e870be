import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pino } from "pino";
import type { ArgsInput, CommandName, Result } from "../../shared/api/registry.ts";
import { createApp } from "../../daemon/app.ts";
import { type DaemonOptions, OptionsError, readOptions } from "../../daemon/options.ts";
import { callDaemon } from "../call.ts";
import { readAdminToken } from "../connect.ts";
import type { Target } from "../connect.ts";
import type { Context } from "../context.ts";
import { CliFailure, failureOf, statuses } from "../failure.ts";
import type { InitFlags } from "../init.ts";
import { version } from "../installation.ts";
import { askOnce, isTerminal } from "../passphrase.ts";
import { findRunning } from "../up/running.ts";
import { type Answers, type Ask, fileOf, gather } from "./answers.ts";
import { type Done, sayDone } from "./say.ts";
import { tryModel } from "./try-model.ts";
import { renderConfig } from "./yaml.ts";

const failed = (message: string, cause?: unknown): CliFailure => new CliFailure(statuses.failed, message, { cause });

/** Asks, tries what it was told with a real daemon, and only then puts the file in its place. */
export async function runInit(flags: InitFlags, context: Context): Promise<void> {
  const file = fileOf(flags);
  if (existsSync(file) && !flags.force)
    throw failed(`${file} is there already: name another with --config, or replace it with --force`);
  if (!flags.yes && !isTerminal())
    throw new CliFailure(statuses.usage, "there is no terminal to ask on: say --yes, and the rest by flags");
  const answers = await gather(flags, context.env, flags.yes ? async () => "" : askPerson);
  const made = `${file}.new`;
  const keyFile = answers.model?.key === undefined ? undefined : path.join(answers.data, "model.key");
  put(made, renderConfig(answers, keyFile), 0o644);
  try {
    if (keyFile) putKey(keyFile, `${answers.model?.key}\n`);
    const done = await tryAll(optionsOf(made, file), answers, context);
    renameSync(made, file);
    context.print(flags.json ? JSON.stringify({ file, ...done }, null, 2) : sayDone(file, done));
  } finally {
    rmSync(made, { force: true });
  }
}

const askPerson: Ask = async (question, options) => {
  const answer = await askOnce(question, options);
  if (answer === undefined) throw failed("broken off: nothing was written");
  return answer.trim();
};

function put(file: string, text: string, mode: number): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw failed(`${path.dirname(file)} can't be written to (${code}): name another file with --config`, error);
  }
}

/** Whoever the data folder belongs to is who the daemon runs as, and has to read it. */
function putKey(file: string, text: string): void {
  put(file, text, 0o600);
  const { uid, gid } = statSync(path.dirname(file));
  chownSync(file, uid, gid);
}

/** What a daemon makes of the file alone. It isn't to ask the internet anything while it is tried. */
function optionsOf(made: string, file: string): DaemonOptions {
  try {
    return readOptions({ flags: { config: made }, env: { SENTINEL_LINE: "off" } });
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    throw new CliFailure(statuses.config, error.message.replaceAll(made, file), { cause: error });
  }
}

/** On the daemon that runs on the data folder, or on one that lives for this alone. */
async function tryAll(options: DaemonOptions, answers: Answers, context: Context): Promise<Done> {
  const running = await findRunning(options);
  if (running) return setUp(running, answers, true);
  const { clock } = context;
  const onFatal = (error: Error): never => {
    context.warn(`sentinel: ${error.message}`);
    process.exit(statuses.failed);
  };
  const app = createApp(options, { version: version(), clock, log: pino({ level: "silent" }), onFatal });
  try {
    await app.start();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CliFailure(error instanceof OptionsError ? statuses.config : statuses.failed, error.message, {
      cause: error,
    });
  }
  const { url } = app.address;
  const target = { url, token: readAdminToken(options.data), certFile: options.tls?.certFile };
  try {
    return await setUp(target, answers, false);
  } finally {
    await app.stop();
  }
}

/** Keeps what is secret, tries what can be tried, and makes the key for the hosts to come. */
async function setUp(
  target: Target,
  { data, listen, publicUrl, webhook, sendTest, model }: Answers,
  isRunning: boolean,
) {
  const tried: string[] = [];
  if (model) tried.push(await tryModel(model));
  if (webhook !== undefined) {
    await call("webhook.set", { enabled: true, url: webhook });
    tried.push("the Discord webhook is kept in secrets.json");
  }
  if (sendTest) {
    const { sent, answer } = await call("channel.test", { id: "discord" });
    if (!sent) {
      await call("channel.remove", { id: "discord" });
      throw failed(`Discord didn't take the test: ${answer}`);
    }
    tried.push("Discord took the test: you should see it there");
  }
  const { token } = await call("token.add", { name: "hosts, by init", role: "host" });
  return {
    data,
    listen,
    url: publicUrl ?? target.url,
    isForOthers: publicUrl !== undefined,
    isRunning,
    tried,
    pingKey: token,
  };

  async function call<N extends CommandName>(name: N, args: ArgsInput<N>): Promise<Result<N>> {
    const answer = await callDaemon(target, name, args);
    if (!answer.ok) throw failureOf(answer);
    return answer.value;
  }
}
