import { randomBytes, randomUUID } from "node:crypto";
import type { Role } from "../shared/model.ts";
import type { Minted } from "./domain/decision.ts";
import { hashSecret } from "./engine/tokens.ts";

/** 256 random bits behind a prefix that tells people (and secret scanners) what it is. */
export const newToken = (role: Role): string => `sentinel_${role}_${randomBytes(32).toString("base64url")}`;

/** Makes the secrets of a host, or a token of a role, with the addresses that use them; only their hashes are kept. */
export const createMint =
  (baseUrl: () => string) =>
  ({ id: host = "", token: given, role }: { id?: string; token?: string; role?: Role }): Minted => {
    const token = given ?? newToken(role ?? "host");
    const ping = randomUUID();
    const base = baseUrl();
    return {
      tokenId: `t-${randomUUID()}`,
      hashes: role ? [hashSecret(token)] : [hashSecret(token), hashSecret(ping)],
      secrets: {
        token,
        heartbeat_url: `${base}/api/v1/heartbeat/${host}?token=${encodeURIComponent(token)}`,
        ping_url: `${base}/ping/${ping}`,
        slug_url: `${base}/ping/${encodeURIComponent(token)}/${host}`,
        push_url: `${base}/api/push/${encodeURIComponent(token)}`,
      },
    };
  };
