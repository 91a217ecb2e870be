import type { ArgsInput, CommandName, Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { ConsoleState } from "./state.ts";

/** Something that a screen shows beside the feed: the answer to a command that only reads. */
export interface Need<N extends CommandName = CommandName> {
  key: string;
  name: N;
  args: unknown;
  /** Asked again when this is another value: an entity of the feed, or the time in coarse steps. */
  basis: unknown;
}

export type Fetched = { ok: true; value: unknown } | Refusal;

/** Wants a command's answer for as long as the screen is shown; without a basis it is asked once a connection. */
export const need = <N extends CommandName>(name: N, args: ArgsInput<N>, basis?: unknown): Need<N> => ({
  key: `${name} ${JSON.stringify(args)}`,
  name,
  args,
  basis,
});

/** A basis that changes every so often. */
export const every = ({ now }: Pick<ConsoleState, "now">, spanMs: number): number => Math.floor(now / spanMs);

/** The last answer; undefined until there is one. What the daemon refused is a refusal. */
export const fetchedOf = <N extends CommandName>(
  state: ConsoleState,
  { key }: Need<N>,
): { ok: true; value: Result<N> } | Refusal | undefined =>
  state.fetched.get(key) as { ok: true; value: Result<N> } | Refusal | undefined;

/** The last answer that was one. */
export function valueOf<N extends CommandName>(state: ConsoleState, wanted: Need<N>): Result<N> | undefined {
  const fetched = fetchedOf(state, wanted);
  return fetched?.ok ? fetched.value : undefined;
}

/** Answers that are kept though no screen wants them now: going back shows them at once. */
const keptAnswers = 40;

export function withFetched(state: ConsoleState, key: string, fetched: Fetched): ConsoleState {
  const next = new Map(state.fetched);
  // A refusal doesn't take away what was there.
  if (!fetched.ok && fetched.code === "unavailable" && next.get(key)?.ok) return state;
  next.delete(key);
  next.set(key, fetched);
  for (const old of [...next.keys()].slice(0, Math.max(0, next.size - keptAnswers))) next.delete(old);
  return { ...state, fetched: next };
}
