import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ClientChannel, SFTPWrapper } from "ssh2";
import { createTurns } from "../../probes/turns.ts";
import type { Dialed } from "./dial.ts";
import { quote, SshFault } from "./fault.ts";
import { within, type Wait } from "./steps.ts";
import { serverName, type SshServer } from "./target.ts";

/** So many of each kind: OpenSSH lets 10 be open at once (MaxSessions), for all who share a connection. */
const mostChannels = 4;

/** A server that we are logged in to. Everything here throws `SshFault`s alone. */
export interface Connection {
  /** `web01:22` */
  readonly name: string;
  /** Whether it is no more. */
  readonly lost: boolean;
  /** Calls `run` once, when it is no more. */
  onLost(run: () => void): void;
  /** Starts a command, and closes its channel once `use` is done with it. */
  exec<T>(command: string, wait: Wait, use: (channel: ClientChannel) => Promise<T>): Promise<T>;
  /** Opens the server's files likewise. */
  sftp<T>(wait: Wait, use: (sftp: SFTPWrapper) => Promise<T>): Promise<T>;
  /** A way on to another server. */
  forward(server: SshServer): Promise<Duplex>;
  end(): void;
}

type Begin<Channel> = (done: (error: Error | undefined, channel: Channel) => void) => void;

interface Kind<Channel> {
  inTurn: ReturnType<typeof createTurns>;
  begin: Begin<Channel>;
  close(channel: Channel): void;
}

/** A logged-in client as the rest of us uses it. */
export function createConnection({ client, socket }: Dialed, server: SshServer): Connection {
  const name = serverName(server);
  // Whoever has files may want a command beside: with turns in common, all could wait for each other.
  const [commands, files] = [createTurns(mostChannels), createTurns(mostChannels)];
  let lost = false;
  // That it ends is all that matters by now.
  client.on("error", () => {}).on("close", () => (lost = true));
  // Its end is told a moment after the socket knows it; until then ssh2 throws at whatever is asked.
  const isLost = (): boolean => lost || !socket.writable;

  const opened = <Channel>(begin: Begin<Channel>): Promise<Channel> =>
    new Promise((resolve, reject) => {
      if (isLost()) throw cutFault("channel", name);
      begin((error, channel) =>
        error ? reject(isLost() ? cutFault("channel", name) : refusal(name, error)) : resolve(channel),
      );
    });

  const using = <Channel, T>(
    wait: Wait,
    { inTurn, begin, close }: Kind<Channel>,
    use: (channel: Channel) => Promise<T>,
  ): Promise<T> =>
    inTurn(async () => {
      if (wait.signal.aborted) throw new SshFault("channel", "stopped", `${name}: stopped`);
      const opening = opened(begin);
      try {
        return await use(await within("channel", name, opening, wait));
      } finally {
        // What is opened too late is closed as well.
        void opening.then(close, () => {});
      }
    });

  return {
    name,
    get lost() {
      return isLost();
    },
    onLost: (run) => void (lost ? run() : client.once("close", run)),
    exec: (command, wait, use) =>
      using(
        wait,
        { inTurn: commands, begin: (done) => client.exec(command, done), close: (channel) => channel.close() },
        use,
      ),
    sftp: (wait, use) =>
      using(wait, { inTurn: files, begin: (done) => client.sftp(done), close: (sftp) => sftp.end() }, use),
    forward: (to) =>
      new Promise((resolve, reject) => {
        if (isLost()) throw cutFault("connect", name);
        client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
          if (error) reject(notForwarded(name, serverName(to), error));
          else resolve(channel);
        });
      }),
    end() {
      client.end();
      // Whoever doesn't say goodbye in turn isn't waited for.
      if (socket instanceof Socket) socket.destroySoon();
    },
  };
}

export const cutFault = (step: "connect" | "channel" | "read", name: string): SshFault =>
  new SshFault(step, "cut", `${name} cut the connection: it is made anew the next time`);

/** RFC 4254, 5.1: why a channel wasn't opened. */
const prohibited = 1;

function refusal(name: string, error: Error & { reason?: unknown }): SshFault {
  const said = quote(error.message);
  if (/channel/i.test(error.message)) {
    return new SshFault("channel", "not-offered", `${name} opens no session (${said}): see MaxSessions there`, error);
  }
  const what = `${name} doesn't do what is asked of it (${said}): see ForceCommand and Subsystem in its sshd_config`;
  return new SshFault("open", "not-offered", what, error);
}

function notForwarded(jump: string, to: string, error: Error & { reason?: unknown }): SshFault {
  if (error.reason === prohibited) {
    const what = `the jump host ${jump} doesn't pass connections on: allow it there (AllowTcpForwarding, PermitOpen)`;
    return new SshFault("connect", "not-offered", what, error);
  }
  const said = quote(error.message.replace("(SSH) Channel open failure: ", ""));
  return new SshFault("connect", "unreachable", `the jump host ${jump} doesn't reach ${to}: ${said}`, error);
}
