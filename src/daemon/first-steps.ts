import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { WEBHOOK } from "./domain/channel.ts";
import { secretName } from "./engine/channels.ts";
import { CONFIGURED_BY } from "./engine/config.ts";
import { type Engine, SystemRefused } from "./engine/engine.ts";
import { type LogKinds, logsFault } from "./engine/logs.ts";
import { type ProbeKinds, targetFault } from "./engine/probes.ts";
import { hashSecret } from "./engine/tokens.ts";
import { type DaemonOptions, OptionsError } from "./options.ts";
import { newToken } from "./secrets.ts";

/** What a start keeps before anything runs of its own accord: what it was configured with, and who may administer it. */
export async function takeFirstSteps(
  engine: Engine,
  options: DaemonOptions,
  {
    probes,
    logs,
    log,
  }: { probes: Pick<ProbeKinds, "names" | "find">; logs: Pick<LogKinds, "refuseRules">; log: Logger },
): Promise<void> {
  await configure(engine, options, probes, logs);
  await keepDiscord(engine, options.discordWebhookUrl?.reveal(), log);
  await keepAdminToken(options.data, engine, log);
}

/** Keeps what environment and file say of settings, with what follows for the hosts. */
async function configure(
  engine: Engine,
  { businessHours, holidays, pingBody, retention, upstream, backup, line, logs, model, limits, items }: DaemonOptions,
  probes: Pick<ProbeKinds, "names" | "find">,
  kinds: Pick<LogKinds, "refuseRules">,
): Promise<void> {
  const fault = line?.targets && targetFault(line.targets, probes);
  if (fault) throw new OptionsError(`setting line.${fault.message}`);
  for (const [name, value] of Object.entries({ logs, model })) {
    const wrong = logsFault(name, value ?? {}, kinds);
    if (wrong) throw new OptionsError(`setting ${name}.${wrong.message}`);
  }
  const { url: _secret, ...rest } = upstream ?? {};
  const settings = {
    businessHours,
    holidays,
    pingBody,
    retention,
    upstream: upstream && rest,
    backup,
    line,
    logs,
    model,
    limits,
  };
  try {
    await engine.system("configure", settings);
  } catch (error) {
    if (!(error instanceof SystemRefused)) throw error;
    const from = items
      .filter(({ name, from }) => from && /^(businessHours|holidays)/.test(name))
      .map(({ from }) => from);
    throw new OptionsError(`setting ${error.message} (it comes from ${[...new Set(from)].join(", ")})`, {
      cause: error,
    });
  }
}

/** The predecessor's one channel follows its configuration until a person sets it up. */
async function keepDiscord(engine: Engine, url: string | undefined, log: Logger): Promise<void> {
  const { state, secrets } = engine.store;
  const channel = state.get("channel", WEBHOOK)?.value;
  const isOurs = channel?.by === CONFIGURED_BY;
  if (channel ? !isOurs || secrets.get(secretName(WEBHOOK))?.["url"] === url : url === undefined) return;
  const caller = { name: CONFIGURED_BY, role: "admin" } as const;
  const outcome =
    url === undefined
      ? await engine.execute("channel.remove", { id: WEBHOOK }, caller)
      : await engine.execute("channel.add", { id: WEBHOOK, type: WEBHOOK, secrets: { url } }, caller);
  if (!outcome.ok) log.warn({ reason: outcome.message }, "the configured Discord webhook can't be used");
}

/** The first start writes a token for the administrator of this machine; the file is the way back in, so it rules. */
async function keepAdminToken(folder: string, engine: Engine, log: Logger): Promise<void> {
  const path = join(folder, "admin.token");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let token = (await readFile(path, "utf8").catch(unlessMissing)).trim();
  if (!/^[!-~]{16,256}$/.test(token)) {
    if (token !== "") log.warn({ path }, "admin.token held no token, so there is a new one in it: log in with that");
    token = newToken("admin");
    await writeFile(`${path}.tmp`, `${token}\n`, { mode: 0o600, flush: true });
    await rename(`${path}.tmp`, path);
  }
  await engine.system("adminToken", { hash: hashSecret(token) });
}

/** A token that can't be read just now is still the administrator's. */
function unlessMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw new OptionsError(
    `admin.token in the data folder can't be read (${error.code}): let the user that runs the daemon read it.`,
    { cause: error },
  );
}
