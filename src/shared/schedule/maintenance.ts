import { z } from "zod";
import { boundedCache } from "./bounded-cache.ts";
import { createTimeline, type SpanState, type Timeline } from "./spans.ts";
import { HORIZON } from "./wall-time.ts";
import { cronOpening, cronSpans, hasPause, noPause } from "./window-spans.ts";
import { zoneOf, zoneSchema } from "./zone.ts";

const instant = z.int().nonnegative().meta({ unit: "epoch-ms" });
const named = z.array(z.string().min(1).max(64)).max(1_000);

/** Which hosts: any of these ids, any of these tags, or all. */
export const scopeSchema = z
  .object({ hosts: named.optional(), tags: named.optional(), all: z.literal(true).optional() })
  .refine(({ hosts, tags, all }) => hosts !== undefined || tags !== undefined || all === true, {
    error: "say what it is for: hosts, tags, or all",
  });
export type Scope = z.infer<typeof scopeSchema>;

/** Whether a scope holds a host. */
export function inScope({ hosts = [], tags = [], all }: Scope, host: { id: string; tags: readonly string[] }): boolean {
  return all === true || hosts.includes(host.id) || host.tags.some((tag) => tags.includes(tag));
}

const common = {
  scope: scopeSchema,
  /** When it was ended early: cuts the one that ran then; a repeating one comes again. */
  endedAt: instant.optional(),
  /** How long before its beginning it is announced. */
  announceMs: z.int().nonnegative().optional(),
};

/** A time in which monitoring is off, as outside a window: once, or by a cron expression in a zone. */
export const maintenanceSchema = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("once"), from: instant, to: instant, ...common })
    .refine(({ from, to }) => to > from, { error: "it has to end after it begins", path: ["to"] }),
  z.object({ kind: z.literal("repeating"), ...cronOpening, zone: zoneSchema, ...common }).refine(hasPause, noPause),
]);
export type Maintenance = z.infer<typeof maintenanceSchema>;

/** Whether any of the entries is on at an instant, and when that changes next: undefined if not within eight years. */
export function maintenanceAt(
  entries: readonly Maintenance[],
  instant: number,
): { readonly active: boolean; readonly changesAt: number | undefined } {
  const { open, changesAt } = maintenanceState(entries, instant);
  return { active: open, changesAt };
}

/** The same as a state of spans, in which "open" is under maintenance. */
export function maintenanceState(entries: readonly Maintenance[], instant: number): SpanState {
  let state = unionAt(entries, instant);
  const { open } = state;
  // Where one ends another may be on or begin: then it isn't over yet.
  while (open && state.open && state.changesAt !== undefined && state.changesAt <= instant + HORIZON) {
    const next = unionAt(entries, state.changesAt);
    if (!next.open) return { open, changesAt: state.changesAt };
    state = next;
  }
  return { open, changesAt: open ? undefined : state.changesAt };
}

/** On if any is; changes when the last of those that are on ends, or the first of those that aren't begins. */
function unionAt(entries: readonly Maintenance[], instant: number): SpanState {
  let open = false;
  let ends = 0;
  let begins = Infinity;
  for (const entry of entries) {
    const state = entryState(entry, instant);
    open ||= state.open;
    if (state.open) ends = Math.max(ends, state.changesAt ?? Infinity);
    else begins = Math.min(begins, state.changesAt ?? Infinity);
  }
  const edge = open ? ends : begins;
  return { open, changesAt: Number.isFinite(edge) ? edge : undefined };
}

function entryState(entry: Maintenance, instant: number): SpanState {
  if (entry.kind === "repeating") return timelineOf(entry).stateAt(instant);
  const to = Math.min(entry.to, entry.endedAt ?? Infinity);
  if (instant < entry.from && entry.from < to) return { open: false, changesAt: entry.from };
  const open = instant >= entry.from && instant < to;
  return { open, changesAt: open ? to : undefined };
}

/** The next time that an entry is on, from the one under way at `instant` or else the first after it; undefined if none. */
export function upcomingMaintenance(
  entry: Maintenance,
  instant: number,
): { readonly from: number; readonly to: number | undefined; readonly announceAt: number } | undefined {
  const state = entryState(entry, instant);
  const from = state.open ? sinceOf(entry, instant) : state.changesAt;
  if (from === undefined) return undefined;
  return { from, to: entryState(entry, from).changesAt, announceAt: from - (entry.announceMs ?? 0) };
}

const sinceOf = (entry: Maintenance, instant: number) =>
  entry.kind === "once" ? entry.from : timelineOf(entry).sinceAt(instant);

type Repeating = Extract<Maintenance, { kind: "repeating" }>;
type Repetition = Pick<Repeating, "expression" | "zone" | "durationMs"> & { endedAt: number };

// As for windows: entities are replaced, never changed, and those with the same content share a timeline.
const known = new WeakMap<Repeating, Timeline>();
const timelineFor = boundedCache(1_024, (key) => buildTimeline(JSON.parse(key)));

function timelineOf(entry: Repeating): Timeline {
  const before = known.get(entry);
  if (before) return before;
  const { expression, zone, durationMs, endedAt = 0 } = entry;
  const made = timelineFor(JSON.stringify({ expression, zone, durationMs, endedAt } satisfies Repetition));
  known.set(entry, made);
  return made;
}

function buildTimeline({ expression, zone, durationMs, endedAt }: Repetition): Timeline {
  const source = cronSpans(zoneOf(zone), expression, durationMs, () => false);
  const cut = (from: number, to: number) => (from < endedAt && endedAt < to ? endedAt : to);
  return createTimeline([(from, to, add) => source(from, to, (start, end) => add(start, cut(start, end)))], durationMs);
}
