import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse } from "../../shared/errors.ts";
import type { Entity, Token } from "../../shared/model.ts";
import { type Context, type Decision, decided, defined, minted, refuseField } from "./decision.ts";
import type { Change, StateReader } from "./state.ts";

const view = ({
  id,
  value: { hashes: _secret, ...rest },
}: Pick<Entity<"token">, "id" | "value">): Result<"token.list">["items"][number] => ({ id, ...rest });

export const listTokens = (state: StateReader, usedAt: (id: string) => number | undefined): Result<"token.list"> => ({
  items: [...state.all("token")]
    .map((token) => ({ ...view(token), ...defined({ lastUsedAt: usedAt(token.id) }) }))
    .toSorted((a, b) => b.createdAt - a.createdAt),
});

/** Keeps when tokens were last used, of those that are still there. */
export const usedTokens = (
  state: StateReader,
  { uses }: { uses: readonly { id: string; at: number }[] },
): Decision<undefined> =>
  decided(
    undefined,
    uses
      .filter(({ id }) => state.get("token", id))
      .map(({ id, at }): Change => ({ kind: "tokenuse", id, value: { at } })),
  );

export function addToken(
  _state: StateReader,
  { name, role, expiresAt }: Args<"token.add">,
  context: Context,
): Decision<Result<"token.add">> {
  if (expiresAt !== undefined && expiresAt <= context.now)
    return refuseField("expiresAt", "lies in the past: the token would be void at once");
  const { tokenId: id, secrets, hashes } = minted(context);
  const value: Token = { role, name, hashes, createdAt: context.now, ...defined({ expiresAt }) };
  return decided({ ...view({ id, value }), token: secrets.token }, [{ kind: "token", id, value }]);
}

export function revokeToken(state: StateReader, { id }: Args<"token.revoke">): Decision<Result<"token.revoke">> {
  if (!state.get("token", id))
    return refuse("not_found", `there is no token ${id}; \`sentinel token list\` shows them`);
  if (id === "admin")
    return refuse("conflict", "this one is in admin.token: remove that file and restart the daemon to replace it");
  return decided({ revoked: id }, [{ kind: "token", id, removed: true }]);
}
