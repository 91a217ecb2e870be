import os from "node:os";
import path from "node:path";
import { OptionsError } from "../../daemon/options-error.ts";
import { reachOf, urlObjection } from "../../daemon/outgoing/url.ts";
import { findSecret, readSecretFile } from "../../daemon/secret-sources.ts";
import type { Environment } from "../environment.ts";
import { CliFailure, statuses } from "../failure.ts";
import type { InitFlags } from "../init.ts";
import { defaultDataFolder } from "../installation.ts";

/** What a first run was told. */
export interface Answers {
  data: string;
  listen: string;
  tls?: { certFile: string; keyFile: string } | undefined;
  insecureHttp: boolean;
  publicUrl?: string | undefined;
  /** Of Discord: a secret. */
  webhook?: string | undefined;
  sendTest: boolean;
  model?: { url: string; name: string; key?: string | undefined; allowHttp?: true | undefined } | undefined;
}

/** One line of somebody's; what is empty is the default. Nobody there to answer is a failure. */
export type Ask = (question: string, options?: { hidden: boolean }) => Promise<string>;

const isRoot = (): boolean => process.getuid?.() === 0;

/** Where the service keeps its data, if it is root who sets up; else where every command looks. */
export const dataOf = ({ data }: InitFlags, env: Environment): string =>
  path.resolve(data ?? env.data ?? (isRoot() ? "/var/lib/sentinel" : defaultDataFolder()));

export const fileOf = ({ config }: InitFlags): string =>
  path.resolve(config ?? (isRoot() ? "/etc/sentinel/sentinel.yaml" : "sentinel.yaml"));

/** Asks for what no flag says; where nothing may be asked, that is as it is by default. */
export async function gather(flags: InitFlags, env: Environment, ask: Ask): Promise<Answers> {
  const way = await gatherWay(flags, ask);
  const webhook =
    secretOf(flags["discord-file"], "--discord-file", env, "DISCORD_WEBHOOK_URL") ??
    ((await ask("Tell people on Discord? Paste the webhook's URL, or Enter for no: ", { hidden: true })) || undefined);
  const sendTest = flags.test ?? (webhook !== undefined && isYes(await ask("Send a test there now? [y/N] ")));
  if (sendTest && webhook === undefined) throw usage("--test: there is no webhook to send it to; give --discord-file");
  return { data: dataOf(flags, env), ...way, webhook, sendTest, model: await gatherModel(flags, env, ask) };
}

async function gatherWay(flags: InitFlags, ask: Ask): Promise<Omit<Answers, "data" | "sendTest">> {
  const { "tls-cert": certFlag, "tls-key": keyFlag, "public-url": publicFlag, "insecure-http": consent } = flags;
  const isForOthers =
    flags.listen !== undefined || publicFlag !== undefined || isYes(await ask("Watch other machines too? [y/N] "));
  const standard = isForOthers ? "0.0.0.0:8443" : "127.0.0.1:8080";
  const listen = flags.listen ?? ((isForOthers && (await ask(`Listen where? [${standard}] `))) || standard);
  if (reachOf(listen.replace(/:\d+$/, "")) === "loopback" || /^\d+$/.test(listen))
    return { listen, tls: tlsOf(certFlag, keyFlag), insecureHttp: consent === true, publicUrl: publicFlag };
  const cert = certFlag ?? (consent ? "" : await ask("Its certificate (PEM file), or Enter for plain HTTP: "));
  const key = keyFlag ?? (cert && (await ask("The certificate's key (PEM file): ")));
  const tls = tlsOf(cert || undefined, key || undefined);
  const plain = "Without TLS every token crosses the network in the clear. Does something else keep that safe? [y/N] ";
  const insecureHttp = consent ?? (!tls && isYes(await ask(plain)));
  const address = `${tls ? "https" : "http"}://${os.hostname()}:${/\d+$/.exec(listen)?.[0] ?? ""}`;
  const publicUrl = publicFlag ?? ((await ask(`Hosts reach it by which address? [${address}] `)) || address);
  return { listen, tls, insecureHttp, publicUrl };
}

function tlsOf(cert: string | undefined, key: string | undefined): Answers["tls"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { certFile: path.resolve(cert), keyFile: path.resolve(key) };
  throw usage("a certificate and its key belong together: give --tls-cert and --tls-key");
}

async function gatherModel(flags: InitFlags, env: Environment, ask: Ask): Promise<Answers["model"]> {
  const url =
    flags["model-url"] ??
    (await ask("Have a model explain what logs show? Its URL (as in http://127.0.0.1:11434/v1), or Enter for no: "));
  if (url === "") {
    if (flags["model-name"] ?? flags["model-key-file"]) throw usage("--model-url is missing: where is the model?");
    return undefined;
  }
  const name = flags["model-name"] ?? (await ask("The model's name there: "));
  if (name === "") throw usage("--model-name is missing: a server has many models");
  const key =
    secretOf(flags["model-key-file"], "--model-key-file", env, "LLM_API_KEY") ??
    ((await ask("Its key, or Enter for none: ", { hidden: true })) || undefined);
  const plain = "What it is asked crosses the network in the clear. Does something else keep that safe? [y/N] ";
  const isOpen = urlObjection(url, false) !== undefined && urlObjection(url, true) === undefined;
  const allowHttp = isOpen && (flags["model-http"] ?? isYes(await ask(plain)));
  const objection = urlObjection(url, allowHttp);
  if (objection) throw usage(`--model-url: ${isOpen ? "http to another machine takes --model-http" : objection}`);
  return { url, name, key, allowHttp: allowHttp || undefined };
}

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer);
const usage = (message: string): CliFailure => new CliFailure(statuses.usage, message);

function secretOf(file: string | undefined, flag: string, env: Environment, name: string): string | undefined {
  try {
    const text = file === undefined ? findSecret(env.variables, name)?.read() : readSecretFile(file, flag);
    return text?.trim() || undefined;
  } catch (error) {
    if (error instanceof OptionsError) throw new CliFailure(statuses.config, error.message, { cause: error });
    throw error;
  }
}
