import { hash as digest } from "node:crypto";
import type { Entity } from "../../shared/model.ts";
import type { Caller } from "../domain/decision.ts";
import type { Commit } from "../domain/state.ts";
import type { Store } from "../domain/store.ts";

/** SHA-256, base64url: all that is kept of a secret. Secrets are 256 random bits, so no slow hash is needed. */
export const hashSecret = (secret: string): string => digest("sha256", secret, "base64url");

export interface Authenticator {
  /** Who a secret speaks for; undefined when it is unknown or expired at `now`. */
  authenticate(secret: string, now: number): Caller | undefined;
}

/** Finds callers by the hash of what they present. `fixed` are secrets from the configuration. */
export function createAuthenticator(store: Store, fixed: { secret: string; caller: Caller }[]): Authenticator {
  const byHash = new Map<string, string>();
  const configured = new Map(fixed.map(({ secret, caller }) => [hashSecret(secret), caller]));
  const index = ({ id, value }: Pick<Entity<"token">, "id" | "value">) =>
    value.hashes.forEach((hash) => byHash.set(hash, id));
  for (const token of store.state.all("token")) index(token);
  store.onDurable((commit: Commit) => {
    for (const change of commit.changes) if (change.kind === "token" && "value" in change) index(change);
  });
  return {
    authenticate(secret, now) {
      const hash = hashSecret(secret);
      const known = configured.get(hash);
      if (known) return known;
      const token = store.state.get("token", byHash.get(hash) ?? "")?.value;
      if (!token?.hashes.includes(hash) || (token.expiresAt ?? Infinity) <= now) {
        byHash.delete(hash);
        return undefined;
      }
      return { name: token.name, role: token.role, ...(token.host === undefined ? {} : { host: token.host }) };
    },
  };
}
