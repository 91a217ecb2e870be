import type { HostSecrets } from "../../shared/api/host.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { Role } from "../../shared/model.ts";
import type { Change } from "./state.ts";

/** Who asks, as authentication found it. */
export interface Caller {
  /** What is kept as who did it: a token's name, a host's id, or `system`. */
  name: string;
  role: Role | "system" | "public";
  /** The one host that a `host` token speaks for. */
  host?: string;
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
  /** A success takes a paused host up again, as the ping dialects have it. */
  resumes?: boolean;
}

/** The fresh secrets of a command that is declared to make some. */
export function minted({ mint }: Context): Minted {
  if (!mint) throw new Error("a command that makes secrets was decided without any");
  return mint;
}

/** What a decision comes to: the changes to commit and the caller's answer, or a refusal that changes nothing. */
export type Decision<T> = { ok: true; changes: Change[]; value: T } | Refusal;

export const decided = <T>(value: T, changes: Change[]): Decision<T> => ({ ok: true, changes, value });
