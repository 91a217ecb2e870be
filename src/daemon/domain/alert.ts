import type { Alert } from "../../shared/model.ts";
import type { Change, StateReader } from "./state.ts";

/** What an alert is about; the key makes it the only open one of its kind. */
export type Trouble = Pick<Alert, "key" | "type" | "severity" | "title" | "reason" | "host" | "outages">;

/** What keeps people from being told of an alert, and until when; Infinity if only something else ends it. */
export interface Hold {
  reason: string;
  until: number;
  /** The alert of the parent that explains this one. */
  hiddenBy?: string;
}

/** What the alerts about a host are known by. */
export const alertKey = (host: string): string => `heartbeat:${host}`;
export const flappingKey = (host: string): string => `flapping:${host}`;
/** What the alert about a probe is known by. */
export const probeKey = (probe: string): string => `probe:${probe}`;
/** About a finding in a host's logs, about all of one rule where they are many, and about a log that can't be read. */
export const logsKey = (finding: string): string => `logs:${finding}`;
export const groupKey = (host: string, rule: string): string => `logs:${host}:all:${rule}`;
export const logSourceKey = (source: string): string => `log-source:${source}`;
/** The alert about the internet line, which hosts may name as a parent. */
export const LINE_KEY = "connectivity:internet";
/** The one about a line that lets things through, but badly: it holds nobody. */
export const QUALITY_KEY = "connectivity:quality";
const LINE = "@internet";

/** What the alert about a parent is known by, and the other way round. */
export const parentKey = (parent: string): string => (parent === LINE ? LINE_KEY : alertKey(parent));
export const parentOf = ({ key, host }: Pick<Alert, "key" | "host">): string | undefined =>
  key === LINE_KEY ? LINE : host;

/** Opens the alert of this key, or counts one more on the open one: never two at once. */
export function raise(state: StateReader, trouble: Trouble, now: number): Change[] {
  const before = state.openAlert(trouble.key);
  if (!before) return open(state, trouble, now);
  const { id, value } = before;
  return [upsert(id, { ...value, reason: trouble.reason, lastAt: now, count: value.count + 1 })];
}

/** Opens a new alert of a key of which none is open, or is once this is committed. */
export const open = (state: StateReader, trouble: Trouble, now: number): Change[] => [
  upsert(`a${state.rev + 1}`, { ...trouble, state: "firing", raisedAt: now, lastAt: now, count: 1 }),
];

/** Resolves the open alert of this key, if there is one. */
export function resolve(state: StateReader, key: string, resolution: string, now: number): Change[] {
  const open = state.openAlert(key);
  return open ? [upsert(open.id, { ...open.value, state: "resolved", resolution, lastAt: now, resolvedAt: now })] : [];
}

const upsert = (id: string, value: Alert): Change => ({ kind: "alert", id, value });

/** The things that a command names, each once. */
export const targets = (args: { id?: string | undefined; ids?: string[] | undefined }): string[] => [
  ...new Set([args.id, ...(args.ids ?? [])].filter((id) => id !== undefined)),
];

/** Orders the ids of alerts, newest first: an id holds the revision that raised it, and its place among those of that commit. */
export function newestFirst(a: string, b: string): number {
  const [revA, nthA = 0] = numbers(a);
  const [revB, nthB = 0] = numbers(b);
  return revB - revA || nthB - nthA;
}

const numbers = (id: string): [number, number?] => id.slice(1).split("-").map(Number) as [number, number?];
