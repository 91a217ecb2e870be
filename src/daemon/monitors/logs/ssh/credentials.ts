import { readFile } from "node:fs/promises";
import type { AnyAuthMethod, ParsedKey } from "ssh2";
import { codeIn } from "../../../../shared/error-code.ts";
import { quote, SshFault } from "./fault.ts";
import type { SshServer } from "./target.ts";

/** What the daemon has for all servers that name none of their own. */
export interface OwnCredentials {
  agentSocket?: string | undefined;
}

/** The ways to log in that are configured, in the order in which they are tried: the key first, then the agent. */
export async function* waysIn(server: SshServer, own: OwnCredentials): AsyncGenerator<AnyAuthMethod, void, void> {
  const { user, keyFile } = server;
  const agent = server.agentSocket ?? (keyFile === undefined ? own.agentSocket : undefined);
  if (keyFile === undefined && agent === undefined) {
    const what = `no key and no agent for ${user}: set keyFile, or start the daemon with SSH_AUTH_SOCK`;
    throw new SshFault("authenticate", "no-credentials", what);
  }
  if (keyFile !== undefined) yield { type: "publickey", username: user, key: await readKey(keyFile, server) };
  if (agent !== undefined) yield { type: "agent", username: user, agent };
}

async function readKey(keyFile: string, { passphraseFile }: SshServer): Promise<ParsedKey> {
  const { utils } = (await import("ssh2")).default;
  const text = await read(keyFile, "key");
  const given = passphraseFile === undefined ? undefined : await read(passphraseFile, "passphrase");
  const passphrase = given?.replace(/\r?\n$/, "");
  const parsed: unknown = utils.parseKey(text, passphrase);
  // What ssh2 says of a key names its format, and nothing of what is in it.
  if (parsed instanceof Error) throw unusable(keyFile, parsed, passphrase !== undefined);
  const key = (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey;
  if (key.isPrivateKey()) return key;
  throw new SshFault("authenticate", "key-unreadable", `${keyFile} is a public key: name the private one beside it`);
}

function unusable(keyFile: string, error: Error, withPassphrase: boolean): SshFault {
  if (!/passphrase/i.test(error.message)) {
    const what = `${keyFile} isn't a private key that can be read (${quote(error.message)}): OpenSSH's own format is best`;
    return new SshFault("authenticate", "key-unreadable", what, error);
  }
  const wrong = withPassphrase ? "another passphrase than the one given" : "a passphrase: set passphraseFile";
  return new SshFault("authenticate", "key-unreadable", `${keyFile} needs ${wrong}`, error);
}

/** A key is a few kB. */
const longestBytes = 65_536;

async function read(file: string, what: "key" | "passphrase"): Promise<string> {
  try {
    return (await readFile(file)).subarray(0, longestBytes).toString();
  } catch (error) {
    const why =
      codeIn(error) === "ENOENT"
        ? "isn't there"
        : `can't be read by the daemon's user (${codeIn(error) ?? "no reason given"})`;
    throw new SshFault("authenticate", "key-unreadable", `the ${what} file ${file} ${why}`, error);
  }
}
