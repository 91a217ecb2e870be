import { hash as digest } from "node:crypto";
import type { Entity, Token } from "../../shared/model.ts";
import type { Clock } from "../../shared/time.ts";
import type { Caller } from "../domain/decision.ts";
import type { Commit } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";
import { createHolds } from "./token-holds.ts";
import { createUses, type Uses } from "./token-uses.ts";

/** SHA-256, base64url: all that is kept of a secret. Secrets are 256 random bits, so no slow hash is needed. */
export const hashSecret = (secret: string): string => digest("sha256", secret, "base64url");

export interface Authenticator {
  /**
   * Who a secret speaks for; undefined when it is unknown or expired at `now`. What comes over a `connection` has the
   * same secret each time, and is hashed once.
   */
  authenticate(secret: string, now: number, connection?: object): Caller | undefined;
  /**
   * For as long as a connection is open: calls `onVoid` once, when the caller's token is revoked, expires, or comes to
   * speak for another role or host. Returns the way to let go.
   */
  hold(caller: Caller, onVoid: () => void): () => void;
}

interface AuthenticatorOptions {
  store: Store;
  clock: Pick<Clock, "now" | "after">;
  /** Secrets from the configuration. */
  fixed: { secret: string; caller: Caller }[];
  /** Keeps when tokens were last used. */
  record: Parameters<typeof createUses>[0]["record"];
}

/** Finds callers by the hash of what they present. */
export function createAuthenticator({ store, clock, fixed, record }: AuthenticatorOptions): Authenticator & Uses {
  const byHash = new Map<string, string>();
  const configured = new Map(fixed.map(({ secret, caller }) => [hashSecret(secret), caller]));
  const hashed = new WeakMap<object, { secret: string; hash: string }>();
  const holds = createHolds(store, clock);
  const uses = createUses({ store, now: clock.now, held: holds.held, record });
  const index = ({ id, value }: Pick<Entity<"token">, "id" | "value">) =>
    value.hashes.forEach((hash) => byHash.set(hash, id));
  for (const token of store.state.all("token")) index(token);

  function hashOnce(secret: string, connection: object): string {
    const last = hashed.get(connection);
    if (last?.secret === secret) return last.hash;
    const hash = hashSecret(secret);
    hashed.set(connection, { secret, hash });
    return hash;
  }

  store.onDurable((commit: Commit) => {
    for (const change of commit.changes) if (change.kind === "token" && "value" in change) index(change);
  });
  return {
    ...uses,
    hold: holds.hold,
    authenticate(secret, now, connection) {
      const hash = connection ? hashOnce(secret, connection) : hashSecret(secret);
      const known = configured.get(hash);
      if (known) return known;
      const id = byHash.get(hash) ?? "";
      const token = store.state.get("token", id)?.value;
      if (!token?.hashes.includes(hash) || (token.expiresAt ?? Infinity) <= now) {
        byHash.delete(hash);
        return undefined;
      }
      uses.note(id, now);
      return callerOf(id, token);
    },
  };
}

const callerOf = (token: string, { name, role, host }: Token): Caller => ({
  name,
  role,
  token,
  ...(host === undefined ? {} : { host }),
});
