import type { SourceView } from "../../shared/api/logs.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Cursor, Source } from "../../shared/model.ts";
import { logSourceKey, resolve, targets } from "./alert.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import { noHost } from "./facts.ts";
import { dropFindings } from "./finding.ts";
import type { Change, StateReader } from "./state.ts";

export const noSource = (id: string): Refusal =>
  refuse("not_found", `there is no source ${id}; \`sentinel logs sources\` shows those there are`);

const cursorOf = (state: StateReader, id: string): Cursor | undefined => state.get("cursor", id)?.value;

/** A source as people see it. */
function view(id: string, source: Source, cursor: Cursor | undefined): SourceView {
  const { at, ok, lines, gap, reason = "it hasn't been read yet" } = cursor ?? {};
  const is = source.paused ? "paused" : ok === undefined ? "new" : ok ? "ok" : "failing";
  return { id, ...source, state: is, reason, ...defined({ lastAt: at, lines, gap }) };
}

export function listSources(state: StateReader, { host }: Args<"logs.sources">): Result<"logs.sources"> {
  const items = [...state.all("source")]
    .filter(({ value }) => host === undefined || value.host === host)
    .map(({ id, value }) => view(id, value, cursorOf(state, id)));
  return { items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

export function addSource(state: StateReader, args: Args<"logs.add">, context: Context): Decision<SourceView> {
  const { id } = args;
  if (state.get("source", id))
    return refuse("conflict", `source ${id} is there already; \`sentinel logs edit ${id}\` changes it`);
  return setSource(state, args, context);
}

/** Makes a source what is said of it. Where it is read elsewhere than before, it is read as if for the first time. */
export function setSource(
  state: StateReader,
  { id, ...given }: Args<"logs.add">,
  { now, title }: Context,
): Decision<SourceView> {
  if (title === undefined) throw new Error("a source was decided without its title");
  if (!state.get("host", given.host)) return noHost(given.host);
  const before = state.get("source", id)?.value;
  const { paused = false, createdAt = now } = before ?? {};
  const value: Source = { ...given, title, paused, createdAt, updatedAt: now };
  const isOther = before !== undefined && place(before) !== place(value);
  const past = isOther ? forget(state, id, "it was edited", now) : [];
  const cursor = isOther ? undefined : cursorOf(state, id);
  return decided(view(id, value, cursor), [{ kind: "source", id, value }, ...past]);
}

const place = ({ type, options, host }: Source): string => JSON.stringify([type, options, host]);

export function editSource(
  state: StateReader,
  { id, options }: Args<"logs.edit">,
  context: Context,
): Decision<SourceView> {
  const before = state.get("source", id)?.value;
  if (!before) return noSource(id);
  return setSource(state, { id, host: before.host, type: before.type, options }, context);
}

/** How far it was read is forgotten, with the alert about it. */
const forget = (state: StateReader, id: string, why: string, now: number): Change[] => [
  ...resolve(state, logSourceKey(id), why, now),
  ...(cursorOf(state, id) ? [{ kind: "cursor", id, removed: true } as const] : []),
];

export function removeSources(
  state: StateReader,
  args: Args<"logs.remove">,
  { now, by }: Context,
): Decision<Result<"logs.remove">> {
  const ids = targets(args);
  const unknown = ids.find((id) => !state.get("source", id));
  if (unknown !== undefined) return noSource(unknown);
  const why = `the source was removed by ${by.name}`;
  return decided({ removed: ids }, [...withoutSources(state, ids, why, now), ...unread(state, ids, why, now)]);
}

/** Takes sources away with everything that belongs to them. */
export const withoutSources = (state: StateReader, ids: Iterable<string>, why: string, now: number): Change[] =>
  [...ids].flatMap((id): Change[] => [{ kind: "source", id, removed: true }, ...forget(state, id, why, now)]);

/** Whose last source goes or is paused with these has findings no more: nobody looks whether they go on. */
function unread(state: StateReader, gone: readonly string[], why: string, now: number): Change[] {
  const hosts = new Set([...state.all("source")].filter(({ id }) => gone.includes(id)).map(({ value }) => value.host));
  return [...hosts]
    .filter((host) => sourcesOf(state, host).every((id) => gone.includes(id)))
    .flatMap((host) => dropFindings(state, host, why, now));
}

/** The sources of a host that are to be read, in order. */
export const sourcesOf = (state: StateReader, host: string): string[] =>
  [...state.ofHost("source", host)].filter((id) => state.get("source", id)?.value.paused === false).toSorted();

export function pauseSources(
  state: StateReader,
  args: Args<"logs.pause">,
  { now, by }: Context,
): Decision<Result<"logs.pause">> {
  const reason = `paused by ${by.name}`;
  const paused = each(state, args, true, now, (id) => resolve(state, logSourceKey(id), reason, now));
  if (paused.ok) paused.changes.push(...unread(state, targets(args), reason, now));
  return paused;
}

export const resumeSources = (
  state: StateReader,
  args: Args<"logs.resume">,
  { now }: Context,
): Decision<Result<"logs.resume">> =>
  each(state, args, false, now, (id) => {
    const before = cursorOf(state, id);
    if (before?.failing === undefined) return [];
    const { failing: _counted, ...value } = before;
    return [{ kind: "cursor", id, value }];
  });

function each(
  state: StateReader,
  args: { id?: string | undefined; ids?: string[] | undefined },
  paused: boolean,
  now: number,
  follow: (id: string) => Change[],
): Decision<{ items: SourceView[] }> {
  const changes: Change[] = [];
  const items: SourceView[] = [];
  for (const id of targets(args)) {
    const before = state.get("source", id)?.value;
    if (!before) return noSource(id);
    const value = before.paused === paused ? before : { ...before, paused, updatedAt: now };
    if (value !== before) changes.push({ kind: "source", id, value }, ...follow(id));
    items.push(view(id, value, cursorOf(state, id)));
  }
  return decided({ items }, changes);
}

/** The type of source that the predecessor knew. */
export const SSH_COMMAND = "ssh-command";

/**
 * The predecessor's clients give the command that reads a host's log together with the host: it is a source of the
 * host's own name, and follows what they say.
 */
export function followCommand(
  state: StateReader,
  host: string,
  before: string | undefined,
  command: string | undefined,
  now: number,
): Change[] | Refusal {
  if (before === command) return [];
  const there = state.get("source", host)?.value;
  if (there && (there.host !== host || there.type !== SSH_COMMAND))
    return refuseField("logAnalysis.log_command", `there is another source ${host}; remove it first`);
  if (command === undefined) return there ? withoutSources(state, [host], "its command was taken away", now) : [];
  const { paused = false, createdAt = now } = there ?? {};
  const value: Source = {
    host,
    type: SSH_COMMAND,
    options: { command },
    title: `SSH command: ${command}`.slice(0, 200),
    paused,
    createdAt,
    updatedAt: now,
  };
  const past = there ? forget(state, host, "it was edited", now) : [];
  return [{ kind: "source", id: host, value }, ...past];
}
