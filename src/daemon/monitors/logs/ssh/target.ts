import { isIP, isIPv6 } from "node:net";
import { z } from "zod";

const label = String.raw`[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?`;
const name = new RegExp(String.raw`^(?=.{1,253}$)${label}(\.${label})*\.?$`);
const path = z
  .string()
  .max(1_000)
  .regex(/^\/[^\u0000-\u001f\u007f]*$/, "a path here begins with / and has no control characters");

const server = z.strictObject({
  host: z
    .string()
    .refine((text) => isIP(text) !== 0 || name.test(text), "a host is a name or an IP address, without its port"),
  port: z.number().int().min(1).max(65_535).default(22),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/, "a user's name as the server knows it, such as logs"),
  /** A private key on the daemon's machine, read each time it is needed. */
  keyFile: path.optional(),
  /** A file with the key's passphrase, if it has one. */
  passphraseFile: path.optional(),
  /** The socket of an SSH agent; without `keyFile` the daemon's own (`SSH_AUTH_SOCK`) is asked. */
  agentSocket: path.optional(),
});

/** How a host's log is reached: what an SSH source's options begin with. No secret goes in. */
export const sshTargetSchema = server.extend({
  /** A server that passes the connection on; it needs nothing of ours but `AllowTcpForwarding`. */
  jump: server.optional(),
});

export type SshServer = z.infer<typeof server>;
export type SshTarget = z.infer<typeof sshTargetSchema>;

/** What a server's key is kept under, and how people write it: `web01:22`, `[2001:db8::1]:22`. */
export const serverName = ({ host, port }: Pick<SshServer, "host" | "port">): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host.toLowerCase()}:${port}`;

/** As people write it: `logs@web01`, with the port only where it isn't 22. */
export const whoAt = ({ user, host, port }: SshServer): string =>
  `${user}@${port === 22 ? host : serverName({ host, port })}`;
