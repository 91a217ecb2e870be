import type { PlanItem } from "../../shared/api/document.ts";
import type { HostSecrets } from "../../shared/api/host.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Role } from "../../shared/model.ts";
import type { Change } from "./state.ts";

/** Who asks, as authentication found it. */
export interface Caller {
  /** What is kept as who did it: a token's name, a host's id, or `system`. */
  name: string;
  role: Role | "system" | "public";
  /** The one host that a `host` token speaks for. */
  host?: string;
  /** The id of the token that was given; none of one from the configuration. */
  token?: string;
  /** The address that is asked from. */
  from?: string | undefined;
}

/** Fresh secrets, made outside because decisions are pure: what is shown once, and the hashes that are kept. */
export interface Minted {
  tokenId: string;
  secrets: HostSecrets;
  hashes: string[];
}

/** What a decision may know beside state and arguments. */
export interface Context {
  now: number;
  by: Caller;
  mint?: Minted;
  /** The blob that keeps what a ping sent along. */
  body?: string;
  /** Whether the channel that is added changes its first message for later events. */
  edits?: boolean;
  /** What a probe asks, in words. */
  title?: string;
  /** What may be seen of the secret URL that belongs to what is set. */
  url?: string;
  /** A success takes a paused host up again, as the ping dialects have it. */
  resumes?: boolean;
  /** What a whole configuration is decided with. */
  config?: ConfigParts;
}

export interface ConfigParts {
  /** Fresh secrets for a host that is new. */
  mint(host: string): Minted;
  /** For each channel of the document: whether it changes its first message, and which of its secrets are others. */
  channels: ReadonlyMap<string, { edits: boolean; secrets: PlanItem["fields"] }>;
  /** What each probe of the document asks and each source reads, in words: by section and id. */
  titles: ReadonlyMap<string, string>;
}

/** The fresh secrets of a command that is declared to make some. */
export function minted({ mint }: Context): Minted {
  if (!mint) throw new Error("a command that makes secrets was decided without any");
  return mint;
}

/** What a decision comes to: the changes to commit and the caller's answer, or a refusal that changes nothing. */
export type Decision<T> = { ok: true; changes: Change[]; value: T } | Refusal;

/** A refusal for one field's sake. */
export const refuseField = (field: string, message: string): Refusal =>
  refuse("invalid", `${field}: ${message}`, [{ field, message }]);

export const decided = <T>(value: T, changes: Change[]): Decision<T> => ({ ok: true, changes, value });

/** Leaves out what is undefined: entities hold no empty fields. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: Partial<T> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as never;
}
