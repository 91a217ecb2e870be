import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { SshFault } from "./fault.ts";

/** The keys of servers that are known, by `serverName`; what is kept is what `pinOf` makes. */
export interface HostKeys {
  pinned(server: string): string | undefined;
  /** Keeps a server's key when it is first seen; only once that is done does anything else happen. */
  pin(server: string, seen: string): Promise<void> | void;
  /** Is told of a key that was refused, because another one is pinned: what `sentinel logs trust` would pin. */
  refused(server: string, seen: string): void;
}

/** A key as it is kept and shown: its kind, and its fingerprint as `ssh-keygen -l` writes it. */
export function pinOf(key: Buffer): string {
  // RFC 4253, 6.6: a key begins with the length of its kind's name, and that.
  const kind = key.subarray(4, 4 + Math.min(64, key.readUInt32BE(0))).toString("latin1");
  const print = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  return `${kind.replace(/[^\w@.-]/g, "?")} SHA256:${print}`;
}

const fingerprintOf = (pin: string): string => /SHA256:[A-Za-z0-9+/]{43}/.exec(pin)?.[0] ?? pin;

// Without SHA-1 and DSA.
const strong: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** The kind that is pinned comes first, so that a server that gets a key of another kind beside it isn't a stranger. */
export function hostKeyAlgorithms(pin = ""): ServerHostKeyAlgorithm[] {
  const kind = pin.split(" ")[0];
  const known = (name: string): boolean => name === kind || (kind === "ssh-rsa" && name.startsWith("rsa-sha2-"));
  return [...strong.filter(known), ...strong.filter((name) => !known(name))];
}

/** Takes a key for the one that is known, or pins it if none is. `host` is whom Sentinel's commands name. */
export async function judgeHostKey(key: Buffer, server: string, keys: HostKeys, host: string): Promise<string> {
  const seen = pinOf(key);
  const pinned = keys.pinned(server);
  if (pinned === undefined) {
    await keys.pin(server, seen);
    return `${seen}, pinned now`;
  }
  if (fingerprintOf(pinned) === fingerprintOf(seen)) return `${seen}, as known`;
  keys.refused(server, seen);
  throw new SshFault(
    "host-key",
    "host-key-changed",
    `${server} shows another host key than before: ${seen}, known is ${pinned}. Somebody may be in between. ` +
      `If the server was set up anew, compare with "ssh-keygen -lf" there, then accept it: sentinel logs trust ${host}`,
  );
}
