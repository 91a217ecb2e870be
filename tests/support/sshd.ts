import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { freePort, run, temporaryFolder, until } from "./processes.ts";

const program = "/usr/sbin/sshd";

/** Debian's openssh-server; `.ci/run` installs it. */
export const sshdIsThere = existsSync(program);

/** What the tests that need it are called, so that one sees why they were left out. */
export const withSshd = `over OpenSSH's own server${sshdIsThere ? "" : " (left out: openssh-server isn't installed)"}`;

export interface Sshd {
  port: number;
  user: string;
  folder: string;
  /** A private key that it lets in. */
  keyFile: string;
  /** Of its host key. */
  fingerprint(): string;
  /** Everything that it has logged. */
  log(): string;
  /** How many connections it has taken. */
  connections(): number;
  /** Ends it and all its connections at once. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Gives it another host key, from its next start on. */
  changeHostKey(): void;
}

export function makeKey(file: string, passphrase = "", type = "ed25519"): string {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "sentinel-test", "-f", file]);
  return file;
}

/** As `ssh-keygen -l` has it. */
export const fingerprintOf = (key: string): string =>
  execFileSync("ssh-keygen", ["-l", "-f", key]).toString().split(" ")[1] ?? "";

interface Given {
  /** Lines of its configuration that come first. */
  config?: string[];
  /** Further keys that it lets in. */
  keys?: string[];
}

/** An sshd of its own on this machine for one test, as an ordinary process with keys of its own. */
export async function startSshd(given: Given = {}): Promise<Sshd> {
  const server = await launchSshd(temporaryFolder(), given);
  onTestFinished(() => server.kill());
  return server;
}

/** The same for whoever ends it himself. */
export async function launchSshd(folder: string, { config = [], keys = [] }: Given = {}): Promise<Sshd> {
  const port = await freePort();
  const { username: user, uid } = os.userInfo();
  const at = (name: string): string => path.join(folder, name);
  const hostKey = makeKey(at("host"));
  const keyFile = makeKey(at("client"));
  for (const key of [keyFile, ...keys]) appendFileSync(at("authorized_keys"), readFileSync(`${key}.pub`));
  // As root it wants its empty folder, which only a boot makes.
  if (uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const lines = [
    ...config,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    "PidFile none",
    `AuthorizedKeysFile ${at("authorized_keys")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "Subsystem sftp internal-sftp",
    "LogLevel VERBOSE",
  ];
  writeFileSync(at("sshd_config"), `${lines.join("\n")}\n`);

  let log = "";
  let server: ChildProcess | undefined;
  async function start(): Promise<void> {
    const before = log.length;
    server = spawn(program, ["-D", "-e", "-f", at("sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
    server.stderr?.on("data", (chunk) => (log += String(chunk)));
    await until("sshd to listen", () => {
      if (server?.exitCode !== null) throw new Error(log);
      return log.includes("Server listening", before);
    });
  }

  await start();
  return {
    port,
    user,
    folder,
    keyFile,
    fingerprint: () => fingerprintOf(hostKey),
    log: () => log,
    connections: () => log.split("Connection from ").length - 1,
    async kill() {
      if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      for (const pid of [...descendants(server.pid), server.pid]) kill(pid);
      await ended;
    },
    start,
    changeHostKey() {
      for (const name of [hostKey, `${hostKey}.pub`]) rmSync(name);
      makeKey(hostKey);
    },
  };
}

/** Some have ended meanwhile, which is as well. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {}
}

/** The processes that a process has started, and those that they have. */
function descendants(pid: number): number[] {
  let children = "";
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {}
  return children
    .split(" ")
    .filter(Boolean)
    .map(Number)
    .flatMap((child) => [...descendants(child), child]);
}

/** An ssh-agent of its own that holds a key; resolves to its socket. */
export async function startAgent(...keys: string[]): Promise<string> {
  const socket = path.join(temporaryFolder(), "agent");
  run("ssh-agent", ["-D", "-a", socket]);
  await until("the agent", () => existsSync(socket));
  for (const key of keys) execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
}
