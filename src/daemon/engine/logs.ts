import { createHmac, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { z } from "zod";
import type { KeptFinding, KeptLine } from "../../shared/api/logs.ts";
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

/** A page of lines ends with the one that goes past so many characters. */
const PAGE_CHARS = 1024 * 1024;

/** What is kept of an analysis, live or archived. */
export function createKeptAnswers(store: Store) {
  const { state } = store;

  async function find(id: string): Promise<{ id: string; value: Analysis } | undefined> {
    return state.get("analysis", id) ?? (await store.analyses.page({ id, limit: 1 }))[0];
  }

  const keptOf = createKeptReader(store);

  async function show({ id }: Args<"logs.show">): Promise<Result<"logs.show"> | Refusal> {
    const analysis = await find(id);
    if (!analysis) return noAnalysis(id);
    const { found } = await keptOf(id, analysis.value.kept);
    return { ...analysisView(analysis), found };
  }

  async function lines({ id, from, limit, all }: Args<"logs.lines">): Promise<Result<"logs.lines"> | Refusal> {
    const analysis = await find(id);
    if (!analysis) return noAnalysis(id);
    const { host, kept } = analysis.value;
    const { analysis: of, lines: known } = await keptOf(id, all ? latestOf(host) : kept);
    if (all && of !== id) return noLines(id, host);
    const start = known.findIndex(({ line }) => line >= from);
    let end = start < 0 ? known.length : start;
    for (let room = PAGE_CHARS; end < known.length && end < start + limit && room > 0; end++)
      room -= known[end]?.text.length ?? 0;
    const next = known[end]?.line;
    const items = start < 0 ? [] : known.slice(start, end);
    return { items, total: known.length, ...(next === undefined ? {} : { next }) };
  }

  return { "logs.show": show, "logs.lines": lines };
}

const noLines = (id: string, host: string): Refusal =>
  refuse("conflict", `of ${id} there are only the lines that it cites: all are kept of what was read last of ${host}`);

/** Why there is nothing to read of a host. */
function notRead(state: StateReader, host: string): Refusal | undefined {
  if (!state.get("host", host)) return noHost(host);
  if (isRead(state, host)) return undefined;
  const how = `\`sentinel logs add\` gives it a source, \`sentinel logs set ${host} --enabled\` switches it on`;
  return refuse("conflict", `no log of ${host} is read: it has no source, or is paused or switched off; ${how}`);
}

interface Kept {
  /** Whose lines they are, where that isn't said by the blob's name. */
  analysis?: string | undefined;
  found: KeptFinding[];
  lines: KeptLine[];
}
type KeptEntry = { analysis?: string; finding?: KeptFinding; record?: KeptLine };

/** What is known of a removed host's logs goes with it; what its analyses cite goes as they do. */
export async function forgetLogs({ blobs }: Pick<Store, "blobs">, host: string): Promise<void> {
  for (const id of await blobs.list(baselinesOf(host))) await blobs.remove(id);
  await blobs.remove(latestOf(host));
}

const unzipped = promisify(gunzip);
/** As many entries are read before whatever else is ready goes first. */
const AT_A_TIME = 2_000;

/**
 * What was kept with an analysis: nothing, once it has been cleared away. Whoever reads lines asks for one page after
 * the other, so that what was read last is remembered as long as there is room for it.
 */
function createKeptReader({ blobs }: Pick<Store, "blobs">) {
  let last: { id: string; blob: string; size: number; kept: WeakRef<Kept> } | undefined;

  async function read(bytes: Uint8Array): Promise<Kept> {
    const kept: Kept = { found: [], lines: [] };
    const texts = (await unzipped(bytes)).toString("utf8").split("\n");
    for (const [i, text] of texts.entries()) {
      if (i % AT_A_TIME === AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
      if (text === "") continue;
      const { analysis, finding, record } = JSON.parse(text) as KeptEntry;
      if (analysis !== undefined) kept.analysis = analysis;
      if (finding) kept.found.push(finding);
      if (record) kept.lines.push(record);
    }
    return kept;
  }

  return async (id: string, blob: string | undefined): Promise<Kept> => {
    const bytes = blob === undefined ? undefined : await blobs.get(blob);
    if (blob === undefined || !bytes) return { found: [], lines: [] };
    const size = bytes.length;
    const isKnown = last?.id === id && last.blob === blob && last.size === size;
    const kept = (isKnown ? last?.kept.deref() : undefined) ?? (await read(bytes));
    last = { id, blob, size, kept: new WeakRef(kept) };
    return kept;
  };
}
