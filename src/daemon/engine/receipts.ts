import { createHash } from "node:crypto";
import { refuse, type Refusal } from "../../shared/errors.ts";
import type { Receipt } from "../../shared/model.ts";
import type { Caller } from "../domain/decision.ts";
import type { Change, StateReader } from "../domain/state.ts";

/** A command under an idempotency key: what it is kept as, and what its arguments were. */
export interface Keyed {
  id: string;
  args: string;
}

export const keyed = (caller: Caller, name: string, args: unknown, key: string): Keyed => ({
  id: `${caller.name}/${name}/${key}`,
  args: createHash("sha256").update(JSON.stringify(args)).digest("base64url"),
});

/** The first answer under this key, if there was one; the same key for something else is a conflict. */
export function replay(
  state: StateReader,
  { id, args }: Keyed,
  secret: boolean,
): { ok: true; value: unknown } | Refusal | undefined {
  const receipt = state.get("receipt", id)?.value;
  if (!receipt) return undefined;
  if (receipt.args !== args)
    return refuse("conflict", "this key was used for the same command with other arguments: make a new key");
  if (secret)
    return refuse(
      "conflict",
      "this was done already, and its secrets are shown only once; `sentinel host token` makes new ones",
    );
  return { ok: true, value: receipt.value };
}

/** The record that makes a repeat harmless, for the same commit as the change itself. */
export const receiptChange = ({ id, args }: Keyed, value: unknown, secret: boolean, now: number): Change => ({
  kind: "receipt",
  id,
  value: { at: now, args, value: (secret ? null : value) as Receipt["value"] },
});
