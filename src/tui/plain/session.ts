import type { SentinelSocket } from "../../shared/client/socket.ts";
import type { Entities } from "../state/entities.ts";

/** What was listed last: its numbers are what a person types. */
export interface Listed {
  hosts: readonly string[];
  alerts: readonly string[];
  /** The last analysis shown, and the lines that each of its findings cites. */
  findings: { analysis: string; lines: readonly (readonly number[])[] };
}

/** What a typed command has to do with. */
export interface Session {
  entities(): Entities;
  /** The instant on the daemon's clock. */
  now(): number;
  /** A command under a key of its own, so that it happens once. */
  ask: SentinelSocket["command"];
  listed: Listed;
}

export const nothingListed = (): Listed => ({ hosts: [], alerts: [], findings: { analysis: "", lines: [] } });

interface Kind {
  /** `host`; the command that numbers them is `hosts`. */
  noun: "host" | "alert";
  listed: readonly string[];
  known: ReadonlyMap<string, unknown>;
}

const numbered = (noun: Kind["noun"]): string => `\`${noun}s\` numbers them`;

function idsOf(part: string, { noun, listed, known }: Kind): readonly string[] | string {
  if (known.has(part)) return [part];
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  if (first === undefined) return `There is no ${noun} ${part}: ${numbered(noun)}.`;
  const ids = listed.slice(Number(first) - 1, Number(last));
  return ids.length === Number(last) - Number(first) + 1 ? ids : `There is no number ${part}: ${numbered(noun)}.`;
}

/** The ids that `3`, `1,4-6` or `web01` means, or what is wrong with it. An id counts before a number. */
export function pick(word: string, kind: Kind): readonly string[] | string {
  if (word === "") return `Say which ${kind.noun}, by its id or by its number: ${numbered(kind.noun)}.`;
  const parts = word.split(",").map((part) => idsOf(part, kind));
  return parts.find((part) => typeof part === "string") ?? [...new Set(parts.flat())];
}

export const pickAlerts = (word: string, { listed, entities }: Session): readonly string[] | string =>
  pick(word, { noun: "alert", listed: listed.alerts, known: entities().alert });

export const pickHosts = (word: string, { listed, entities }: Session): readonly string[] | string =>
  pick(word, { noun: "host", listed: listed.hosts, known: entities().host });
