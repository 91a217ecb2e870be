import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import path from "node:path";
import ssh2 from "ssh2";
import type { AuthContext, Connection, ServerChannel, ServerConfig, Session, SFTPWrapper } from "ssh2";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./processes.ts";

/** What a server that is up to something does instead of what a good one does. */
export interface Mischief {
  authenticate?(context: AuthContext): void;
  session?(accept: () => Session, reject: () => void): void;
  exec?(channel: ServerChannel, command: string, cut: () => void): void;
  /** Begins instead of `exec`, before the command is accepted. */
  beforeExec?(accept: () => ServerChannel, reject: () => void): void;
  sftp?(sftp: SFTPWrapper, cut: () => void): void;
  forward?(accept: () => ServerChannel, reject: () => void): void;
}

export interface SshServer {
  port: number;
  keyFile: string;
  /** How many connections are open. */
  open(): number;
  /** Cuts all of them. */
  cut(): void;
}

/** A key by Node: one in many that ssh2 makes it can't read itself. */
const makePrivateKey = (): string =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

/** A server by ssh2 on this machine, for what OpenSSH's own never does. It lets everybody in. */
export async function startSshServer(mischief: Mischief = {}, config: Partial<ServerConfig> = {}): Promise<SshServer> {
  const sockets = new Set<Socket>();
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  const speaking = new ssh2.Server({ hostKeys: [makePrivateKey()], ...config }, (client) =>
    serve(client, mischief, cut),
  );
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    speaking.injectSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    cut();
  });
  const keyFile = path.join(temporaryFolder(), "key");
  writeFileSync(keyFile, makePrivateKey(), { mode: 0o600 });
  return { port: (server.address() as AddressInfo).port, keyFile, open: () => sockets.size, cut };
}

function serve(client: Connection, mischief: Mischief, cut: () => void): void {
  const letIn = (context: AuthContext): void => context.accept();
  client
    .on("error", () => {})
    .on("authentication", mischief.authenticate ?? letIn)
    .on("tcpip", (accept, reject) => mischief.forward?.(accept, reject))
    .on("session", (accept, reject) => {
      if (mischief.session) return mischief.session(accept, reject);
      const session = accept();
      session.on("exec", (accept, reject, { command }) => {
        if (mischief.beforeExec) return mischief.beforeExec(accept, reject);
        const channel = accept();
        channel.on("error", () => {});
        mischief.exec?.(channel, command, cut);
      });
      session.on("sftp", (accept) => mischief.sftp?.(accept(), cut));
    });
}
