import { createHmac, randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { z } from "zod";
import type { keptFinding, keptLine } from "../../shared/api/logs.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Analysis, Host, Settings, Source } from "../../shared/model.ts";
import { analysisView } from "../domain/analysis-view.ts";
import { baselinesOf, lastAnalysis, latestOf } from "../domain/analysed.ts";
import { refuseField } from "../domain/decision.ts";
import { noHost } from "../domain/facts.ts";
import { isRead, optionsOf } from "../domain/log-setup.ts";
import type { StateReader } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import { urlObjection } from "../outgoing/url.ts";
import { checkOptions } from "./probes.ts";

/** What the engine must know of log analysis: how each kind of source is set up, and how to look at a host's logs. */
export interface LogKinds {
  names: readonly string[];
  find(type: string): { options: z.ZodType; title(options: unknown): string } | undefined;
  /** Looks at a host's logs now; resolves once what came of it is kept. */
  run(host: string): Promise<void>;
  /** Tries each source, and keeps nothing. */
  test(host: string): Promise<Result<"logs.test">["items"]>;
  /** What the model would be sent. */
  preview(host: string): Promise<Omit<Result<"logs.preview">, "host">>;
  /** Why rules of somebody's own can't be used, by the fields of `field`. */
  refuseRules(rules: Settings["logs"]["ownRules"], field: string): Refusal | undefined;
}

export const noLogKinds: LogKinds = {
  names: [],
  find: () => undefined,
  run: async () => {},
  test: async () => [],
  preview: async () => ({ reason: "there is no log analysis here", records: 0, tokensIn: 0, tokensAtMost: 0 }),
  refuseRules: () => undefined,
};

/** Under which name the secret is kept from which each host's own is made. */
const KEY_SECRET = "logs:key";

/** What tells one host's placeholders from another's: the same secret has the same one within a host alone. */
export function redactionKeys({ secrets }: Pick<Store, "secrets">): (host: string) => Promise<Buffer> {
  let made: Promise<string> | undefined;

  async function make(): Promise<string> {
    const kept = secrets.get(KEY_SECRET)?.["key"];
    if (kept !== undefined) return kept;
    const key = randomBytes(32).toString("base64url");
    await secrets.put(KEY_SECRET, { key });
    return key;
  }

  return async (host) => {
    // One that couldn't be kept is tried again.
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return createHmac("sha256", await made)
      .update(host)
      .digest();
  };
}

/**
 * A source's options as its own schema sees them, with how its host is logged in to: they are kept as they are given,
 * so that it follows when that changes.
 */
export function checkSource(
  host: Pick<Host, "logAnalysis"> = {},
  source: Pick<Source, "type" | "options">,
  kinds: Pick<LogKinds, "names" | "find">,
): ReturnType<typeof checkOptions> {
  const options = optionsOf(host, source);
  if (kinds.find(source.type) && source.type.startsWith("ssh-") && options["host"] === undefined)
    return refuseField(
      "options.host",
      "say how the host is logged in to: `sentinel logs set … --ssh host=… --ssh user=…`",
    );
  return checkOptions(source.type, options, kinds);
}

/** Why the setting `logs` or `model` can't be so. */
export function logsFault(
  name: string,
  value: unknown,
  { refuseRules }: Pick<LogKinds, "refuseRules">,
): Refusal | undefined {
  if (name === "logs") return refuseRules((value as Partial<Settings["logs"]>).ownRules ?? [], "ownRules");
  if (name !== "model") return undefined;
  const { url, allowHttp = false } = value as Partial<Settings["model"]>;
  const objection = url === undefined ? undefined : urlObjection(url, allowHttp);
  return objection === undefined ? undefined : refuseField("url", objection);
}

type Answer<T> = Promise<{ ok: true; value: T } | Refusal>;

/** What the parts that read and judge logs answer, beside the state. */
export function createLogAnswers(store: Store, kinds: LogKinds) {
  const { state } = store;

  async function analyze({ host }: Args<"logs.analyze">): Answer<Result<"logs.analyze">> {
    const fault = notRead(state, host);
    if (fault) return fault;
    await kinds.run(host);
    const last = lastAnalysis(state, host);
    return last ? { ok: true, value: analysisView(last) } : refuse("unavailable", `${host} was removed, or paused`);
  }

  async function test({ host }: Args<"logs.test">): Answer<Result<"logs.test">> {
    return notRead(state, host) ?? { ok: true, value: { items: await kinds.test(host) } };
  }

  async function preview({ host }: Args<"logs.preview">): Answer<Result<"logs.preview">> {
    return notRead(state, host) ?? { ok: true, value: { host, ...(await kinds.preview(host)) } };
  }

  return { "logs.analyze": analyze, "logs.test": test, "logs.preview": preview };
}

const noAnalysis = (id: string): Refusal =>
  refuse("not_found", `there is no analysis ${id}; \`sentinel analysis list\` shows those there are`);

/** What is kept of an analysis, live or archived. */
export function createKeptAnswers(store: Store) {
  const { state } = store;

  async function find(id: string): Promise<{ id: string; value: Analysis } | undefined> {
    return state.get("analysis", id) ?? (await store.analyses.page({ id, limit: 1 }))[0];
  }

  async function show({ id }: Args<"logs.show">): Promise<Result<"logs.show"> | Refusal> {
    const analysis = await find(id);
    if (!analysis) return noAnalysis(id);
    const found = (await readKept(store, analysis.value.kept)).flatMap((line) => line.finding ?? []);
    return { ...analysisView(analysis), found };
  }

  async function lines({ id, from, limit }: Args<"logs.lines">): Promise<Result<"logs.lines"> | Refusal> {
    const analysis = await find(id);
    if (!analysis) return noAnalysis(id);
    const all = (await readKept(store, analysis.value.kept)).flatMap(({ record }) => record ?? []);
    const rest = all.filter(({ line }) => line >= from);
    const next = rest[limit]?.line;
    return { items: rest.slice(0, limit), ...(next === undefined ? {} : { next }) };
  }

  return { "logs.show": show, "logs.lines": lines };
}

/** Why there is nothing to read of a host. */
function notRead(state: StateReader, host: string): Refusal | undefined {
  if (!state.get("host", host)) return noHost(host);
  if (isRead(state, host)) return undefined;
  const how = `\`sentinel logs add\` gives it a source, \`sentinel logs set ${host} --enabled\` switches it on`;
  return refuse("conflict", `no log of ${host} is read: it has no source, or is paused or switched off; ${how}`);
}

type KeptEntry = { finding?: z.infer<typeof keptFinding>; record?: z.infer<typeof keptLine> };

/** What is known of a removed host's logs goes with it; what its analyses cite goes as they do. */
export async function forgetLogs({ blobs }: Pick<Store, "blobs">, host: string): Promise<void> {
  for (const id of await blobs.list(baselinesOf(host))) await blobs.remove(id);
  await blobs.remove(latestOf(host));
}

/** What was kept with an analysis: nothing, once it has been cleared away. */
async function readKept({ blobs }: Pick<Store, "blobs">, blob: string | undefined): Promise<KeptEntry[]> {
  const bytes = blob === undefined ? undefined : await blobs.get(blob);
  if (!bytes) return [];
  const text = gunzipSync(bytes).toString("utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as KeptEntry]));
}
