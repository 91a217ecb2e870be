import { readFileSync } from "node:fs";
import path from "node:path";
import { socketPathOf } from "../shared/client/unix.ts";
import { trustAuthority } from "./authority.ts";
import { namedContext } from "./contexts.ts";
import type { Environment } from "./environment.ts";
import { CliFailure, statuses } from "./failure.ts";
import { defaultDataFolder } from "./installation.ts";
import { readTokenFile } from "./token-file.ts";

/** The flags that every command takes to find its daemon. */
export interface Address {
  url?: string | undefined;
  token?: string | undefined;
  "token-file"?: string | undefined;
  data?: string | undefined;
  ca?: string | undefined;
  context?: string | undefined;
}

export interface Target {
  /** The context's, if it has one. */
  name?: string | undefined;
  url: string;
  token?: string | undefined;
  /** The certificate of this machine's own daemon. */
  certFile?: string | undefined;
}

/** What a running daemon says about itself in its data folder. */
export interface RunningDaemon {
  pid: number;
  url: string;
  version: string;
  startedAt: number | string;
  /** Its certificate, if it is spoken to over TLS. */
  certFile?: string | undefined;
}

const readText = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "EACCES")
      throw new CliFailure(
        statuses.forbidden,
        `${file} belongs to another user: run this as that user, or set SENTINEL_TOKEN`,
        { cause: error },
      );
    throw error;
  }
};

/** `localhost:8080` and `http://localhost:8080/` name the same daemon. */
export function normalUrl(url: string): string {
  if (socketPathOf(url) !== undefined) return url;
  const full = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(full))
    throw new CliFailure(statuses.usage, `--url: "${url}" is no address: it looks like http://127.0.0.1:8080`);
  return new URL(full).href.replace(/\/+$/, "");
}

export const dataFolder = ({ data }: Address, env: Environment): string =>
  path.resolve(data ?? env.data ?? defaultDataFolder());

/** The note that a daemon keeps in its data folder while it runs (and leaves behind when it is killed). */
export function readRunning(data: string): RunningDaemon | undefined {
  const text = readText(path.join(data, "daemon.json"));
  if (text === undefined) return undefined;
  try {
    const note = JSON.parse(text) as RunningDaemon;
    return typeof note.url === "string" ? note : undefined;
  } catch {
    return undefined;
  }
}

export const readAdminToken = (data: string): string | undefined => readText(path.join(data, "admin.token"));

/** The token that was given, if one was. */
export const tokenOf = ({ token, "token-file": file }: Address, env: Environment): string | undefined =>
  token ?? (file === undefined ? env.token : readTokenFile(file));

/**
 * Which daemon is meant, and with which token. The admin token in the data folder is for the daemon of that folder: it
 * is never sent to an address that came from elsewhere.
 */
export function findDaemon(flags: Address, env: Environment): Target {
  if (flags.context !== undefined && flags.url !== undefined)
    throw new CliFailure(statuses.usage, "give either --context or --url");
  const name = flags.context ?? (flags.url === undefined && flags.data === undefined ? env.context : undefined);
  if (name !== undefined) {
    const { token, ...target } = targetOf(name);
    const isGiven = flags.token !== undefined || flags["token-file"] !== undefined;
    return { ...target, token: isGiven ? tokenOf(flags, env) : (token ?? env.token) };
  }
  const data = dataFolder(flags, env);
  const running = readRunning(data);
  const given = flags.url ?? env.url;
  const token = tokenOf(flags, env);
  if (given === undefined) {
    if (!running) {
      throw new CliFailure(
        statuses.unavailable,
        `no daemon runs on ${data}: start one with \`sentinel up\`, or name another with --url or --data`,
      );
    }
    return ofNote(running, data, token);
  }
  const url = normalUrl(given);
  return running && normalUrl(running.url) === url ? ofNote(running, data, token) : { url, token };
}

/** A named daemon, with the token that is kept for it. */
export function targetOf(name: string): Target {
  const { url, token, tokenFile, ca } = namedContext(name);
  trustAuthority(ca);
  return { name, url: normalUrl(url), token: tokenFile === undefined ? token : readTokenFile(tokenFile) };
}

const ofNote = ({ url, certFile }: RunningDaemon, data: string, token: string | undefined): Target => ({
  url: normalUrl(url),
  token: token ?? readAdminToken(data),
  certFile,
});
