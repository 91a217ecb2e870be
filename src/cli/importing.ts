import { hostAdd } from "../shared/api/host.ts";
import type { CommandName } from "../shared/api/registry.ts";
import { refuseInvalid } from "../shared/errors.ts";
import {
  type ChannelEntity,
  type Host,
  kindSchemas,
  type MaintenanceEntity,
  type Policy,
  type Silence,
} from "../shared/model.ts";
import { type Line, type PortableKind, portableKinds } from "./portable.ts";

/** What becomes of one line: commands, or none with the reason. */
export interface Step {
  line: Pick<Line, "kind" | "id"> | { kind: string; id: string };
  verb: "add" | "change" | "skip";
  why?: string | undefined;
  calls: { name: CommandName; args: object }[];
}

/** A line that can't be read; the message names it and what is wrong. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/** Reads and checks all lines before any of them counts. */
export function parseLines(text: string): Line[] {
  const lines = text.split("\n").map((line, i) => [line.trim(), i + 1] as const);
  return lines.filter(([line]) => line !== "").map(([line, number]) => parseLine(line, number));
}

function parseLine(text: string, number: number): Line {
  let line: Partial<Line> | null;
  try {
    line = JSON.parse(text) as Partial<Line> | null;
  } catch (cause) {
    throw new ImportError(`line ${number} is no JSON`, { cause });
  }
  const { kind, id, value } = line ?? {};
  if (!portableKinds.includes(kind as PortableKind) || typeof id !== "string")
    throw new ImportError(`line ${number}: kind must be one of ${portableKinds.join(", ")}, with an id beside`);
  const parsed = kindSchemas[kind as PortableKind].safeParse(value);
  if (!parsed.success) throw new ImportError(`line ${number}: ${refuseInvalid(parsed.error, "value").message}`);
  return { kind: kind as PortableKind, id, value: parsed.data };
}

/** What is to be done so that a daemon that has `there` has `lines` too. Nothing is removed. */
export function planImport(lines: readonly Line[], there: readonly Line[], now: number): Step[] {
  const known = new Map(there.map((line) => [keyOf(line), line.value]));
  return inOrder(lines).map((line) => {
    const step = steps[line.kind](line.id, line.value as never, known.get(keyOf(line)) as never, there, now);
    return { line, calls: [], ...step };
  });
}

const keyOf = ({ kind, id }: Line): string => `${kind}/${id}`;
type Planned = Omit<Step, "line" | "calls"> & Partial<Pick<Step, "calls">>;
const skip = (why: string): Planned => ({ verb: "skip", why });
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const hostFields = Object.keys(hostAdd.args.shape).filter((name) => name !== "id" && name !== "token");

const steps: Record<
  PortableKind,
  (id: string, value: never, before: never, there: readonly Line[], now: number) => Planned
> = {
  setting(id, { value }: { value: unknown }, before: { value: unknown } | undefined) {
    if (id === "upstream") return skip("its URL is a secret: `sentinel upstream set` sets it up");
    if (isSame(before?.value, value)) return skip("it is so already");
    return { verb: before ? "change" : "add", calls: [{ name: "setting.set", args: { name: id, value } }] };
  },
  channel(id, { type }: ChannelEntity, before: ChannelEntity | undefined) {
    return skip(
      before ? "it is there" : `its secrets aren't here: \`sentinel channel add ${id} --type ${type} --secret …\``,
    );
  },
  host(id, value: Host, before: Host | undefined) {
    const [wanted, kept] = [pick(value, hostFields), pick(before ?? {}, hostFields)];
    const calls: Step["calls"] = [];
    if (!before) calls.push({ name: "host.add", args: { id, ...wanted } });
    else if (!isSame(wanted, kept)) calls.push({ name: "host.edit", args: { id, ...wanted, ...unset(kept, wanted) } });
    if (value.paused && !before?.paused) calls.push({ name: "host.pause", args: { id } });
    return calls.length === 0 ? skip("it is so already") : { verb: before ? "change" : "add", calls };
  },
  policy(id, value: Policy, before: Policy | undefined) {
    if (isSame(sorted(value), sorted(before ?? {}))) return skip("it is so already");
    const args = { id, ...value, ...unset(before ?? {}, value) };
    return { verb: before ? "change" : "add", calls: [{ name: "policy.set", args }] };
  },
  maintenance(_id, { by: _by, createdAt: _at, ...value }: MaintenanceEntity, _before, there, now) {
    if (hasAlready(there, "maintenance", value)) return skip("it is so already");
    const { scope, comment, announceMs } = value;
    const common = { ...scope, comment, announceMs };
    if (value.kind === "once" && (value.endedAt ?? value.to) <= now) return skip("it is over");
    const when =
      value.kind === "once"
        ? { from: value.from, to: value.to }
        : { cron: value.expression, zone: value.zone, durationMs: value.durationMs };
    return { verb: "add", calls: [{ name: "maintenance.add", args: { ...common, ...when } }] };
  },
  silence(_id, { by: _by, createdAt: _at, ...value }: Silence, _before, there, now) {
    if (hasAlready(there, "silence", value)) return skip("it is so already");
    return value.to <= now ? skip("it is over") : { verb: "add", calls: [{ name: "silence.add", args: value }] };
  },
};

/** Such a one, by whoever and whenever: their ids are given anew. */
const hasAlready = (there: readonly Line[], kind: PortableKind, value: object): boolean =>
  there.some(
    (line) => line.kind === kind && isSame(sorted(pick(line.value as object, Object.keys(value))), sorted(value)),
  );

const pick = (value: object, names: readonly string[]): object =>
  Object.fromEntries(
    names.flatMap((name) => (name in value ? [[name, (value as Record<string, unknown>)[name]]] : [])),
  );
const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function unset(before: object, after: object): { unset?: string[] } {
  const gone = Object.keys(before).filter(
    (name) => !(name in after) && !["periodMs", "cron", "calendar", "zone"].includes(name),
  );
  return gone.length > 0 ? { unset: gone } : {};
}

/** As each needs the other: kind by kind, and a host after its parents. */
function inOrder(lines: readonly Line[]): Line[] {
  const rest = lines.filter(({ kind }) => kind === "host");
  const hosts: Line[] = [];
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ id }) => id));
    const next = rest.findIndex(({ value }) => !(value as Host).parents?.some((parent) => waiting.has(parent)));
    // Parents in a circle are refused by the daemon.
    hosts.push(...rest.splice(Math.max(0, next), 1));
  }
  return portableKinds.flatMap((kind) => (kind === "host" ? hosts : lines.filter((line) => line.kind === kind)));
}
