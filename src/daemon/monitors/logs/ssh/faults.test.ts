import { writeFileSync } from "node:fs";
import path from "node:path";
import ssh2 from "ssh2";
import type { AuthContext, SFTPWrapper } from "ssh2";
import { describe, expect, test } from "vitest";
import { freePort, temporaryFolder, until } from "../../../../../tests/support/processes.ts";
import { startSshServer, type Mischief } from "../../../../../tests/support/ssh-server.ts";
import { startTcpServer } from "../../../../../tests/support/tcp-server.ts";
import { connecting } from "./connecting.test-support.ts";
import type { Step } from "../sources/source.ts";
import type { Connection } from "./connection.ts";
import { SshFault } from "./fault.ts";
import { sftpFiles } from "./files.ts";
import { runLine } from "./run.ts";
import { stepLimitsMs } from "./steps.ts";
import { sshTargetSchema, type SshTarget } from "./target.ts";

const targetOf = ({ port, keyFile }: { port: number; keyFile?: string }, given: object = {}): SshTarget =>
  sshTargetSchema.parse({ host: "127.0.0.1", port, user: "logs", keyFile: keyFile ?? "/nowhere/key", ...given });

const faultOf = (work: Promise<unknown>): Promise<SshFault> =>
  work.then(
    () => {
      throw new Error("it went well");
    },
    (error: unknown) => {
      if (error instanceof SshFault) return error;
      throw error;
    },
  );

/** Lets the step's time go by once it has begun, and expects that to be its end. */
async function runsOut(
  work: Promise<unknown>,
  step: Step,
  { clock, waits }: ReturnType<typeof connecting>,
  begun: () => boolean = () => true,
) {
  const fault = faultOf(work);
  await until(`${step} to begin`, begun);
  expect(waits.at(-1)).toBe(stepLimitsMs[step]);
  clock.advance(stepLimitsMs[step] - 1);
  expect(clock.pending()).toBe(1);
  clock.advance(1);
  const message = expect.stringMatching(/^(127\.0\.0\.1:\d+): no answer within [\dm ]+s?(; |$)/);
  expect(await fault).toMatchObject({ step, reason: "timed-out", message });
}

describe("whoever is silent at a step is left when its time is over", () => {
  test("resolve", async () => {
    const rig = connecting({}, () => new Promise(() => {}));
    await runsOut(rig.lease(targetOf({ port: 22 })), "resolve", rig, () => rig.waits.length === 1);
  });

  test("connect", async () => {
    const jump = await startSshServer({ forward: () => {} });
    const { jump: _, ...through } = targetOf(jump);
    const rig = connecting();
    let steps = 0;
    const making = rig.connections.fresh(
      { target: targetOf(jump, { jump: through }), host: "web01", signal: rig.signal },
      () => void steps++,
    );
    await runsOut(making, "connect", rig, () => steps === 5);
    await until("the jump host to be left", () => jump.open() === 0);
  });

  test("handshake", async () => {
    const { port, gone } = await startTcpServer();
    const rig = connecting();
    let steps = 0;
    const making = rig.connections.fresh(
      { target: targetOf({ port }), host: "web01", signal: rig.signal },
      () => void steps++,
    );
    await runsOut(making, "handshake", rig, () => steps === 2);
    await gone;
  });

  test("authenticate", async () => {
    const asked = Promise.withResolvers<AuthContext>();
    const server = await startSshServer({ authenticate: asked.resolve });
    const rig = connecting();
    const making = rig.lease(targetOf(server));
    await asked.promise;
    await runsOut(making, "authenticate", rig);
    await until("it to be left", () => server.open() === 0);
  });

  test("host-key, while it is being pinned", async () => {
    const asked = Promise.withResolvers<void>();
    const rig = connecting({}, undefined, () => (asked.resolve(), new Promise(() => {})));
    const making = rig.lease(targetOf(await startSshServer()));
    await asked.promise;
    await runsOut(making, "host-key", rig, () => rig.waits.length === 4);
  });

  test.each<[string, (reached: () => void) => Mischief]>([
    ["a session", (reached) => ({ session: reached })],
    ["a command", (reached) => ({ beforeExec: reached })],
  ])("channel: %s", async (_, mischief) => {
    const reached = Promise.withResolvers<void>();
    const rig = connecting();
    const running = rig.said(targetOf(await startSshServer(mischief(reached.resolve))), "tail");
    await reached.promise;
    await runsOut(running, "channel", rig);
  });

  test.each<[string, Step, (sftp: SFTPWrapper, reached: () => void) => void]>([
    ["a file isn't opened", "open", (sftp, reached) => sftp.on("OPEN", reached)],
    [
      "nothing comes of reading",
      "read",
      (sftp, reached) => sftp.on("OPEN", (id) => sftp.handle(id, Buffer.from("h"))).on("READ", reached),
    ],
  ])("%s", async (_, step, misbehave) => {
    const reached = Promise.withResolvers<void>();
    const rig = connecting();
    const reading = withFiles(rig, await startSshServer({ sftp: (sftp) => misbehave(sftp, reached.resolve) }), readAll);
    await reached.promise;
    await runsOut(reading, step, rig);
  });

  test("a command that says nothing more", async () => {
    const rig = connecting();
    const server = await startSshServer({ exec: (channel) => channel.write("one line\n") });
    const { waits } = rig;
    const read = stepLimitsMs.read;
    await runsOut(
      rig.said(targetOf(server), "tail -f"),
      "read",
      rig,
      () => waits.filter((ms) => ms === read).length === 2,
    );
  });
});

describe("what a server does wrong is told by its step, with what to do", () => {
  test.each<[string, Step, RegExp, Mischief, object?]>([
    [
      "reads no key",
      "authenticate",
      /doesn't let logs in with the key/,
      { authenticate: (context) => context.reject() },
    ],
    [
      "wants a password as well",
      "authenticate",
      /that was right, but it wants password as well, which no daemon can give/,
      { authenticate: (context) => context.reject(["password"], true) },
    ],
    ["opens no session", "channel", /opens no session \(.*\): see MaxSessions/, { session: (_, reject) => reject() }],
    ["runs no command", "open", /doesn't do what is asked.*ForceCommand/, { beforeExec: (_, reject) => reject() }],
    [
      "has old algorithms alone",
      "handshake",
      /has no C->S MAC that is still safe: update/,
      {},
      { algorithms: { cipher: ["aes128-ctr"], hmac: ["hmac-sha1"] } },
    ],
    [
      "ends the command in mid-line",
      "read",
      /cut the connection/,
      { exec: (channel, _, cut) => channel.write("half a li", () => setImmediate(cut)) },
    ],
    [
      "closes the command without saying how it went",
      "read",
      /without saying how/,
      { exec: (channel) => void channel.write("half a li", () => channel.close()) },
    ],
    ["cuts while logging in", "authenticate", /cut the connection/, { authenticate: () => {} }],
  ])("%s", async (name, step, message, mischief, config) => {
    const server = await startSshServer(mischief, config);
    if (name.startsWith("cuts")) mischief.authenticate = () => server.cut();
    const rig = connecting();
    expect(await faultOf(rig.said(targetOf(server), "tail"))).toMatchObject({
      step,
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["noise", Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7_919) % 256))],
    ["greetings without end", "hello\r\n".repeat(100_000)],
    ["a greeting without end", "x".repeat(1_000_000)],
    ["another SSH", "SSH-1.5-old\r\n"],
  ])("answers with %s", async (_, said) => {
    const { port, gone } = await startTcpServer((socket) => socket.end(said));
    const fault = await faultOf(connecting().lease(targetOf({ port })));
    expect(fault).toMatchObject({
      step: "handshake",
      message: expect.stringMatching(/see that the port is right$|cut the connection/),
    });
    expect(fault.message.length).toBeLessThan(250);
    await gone;
  });

  test("isn't there", async () => {
    const port = await freePort();
    expect(await connecting().fault(targetOf({ port }))).toMatchObject({
      step: "connect",
      reason: "refused",
      message: `127.0.0.1:${port} refuses: see whether its SSH server runs, and on that port`,
    });
    expect(await connecting().fault(targetOf({ port }, { host: "nothing.invalid" }))).toMatchObject({
      step: "resolve",
      reason: "unknown-name",
    });
  });

  test.each([
    [undefined, /^the key file \S+ isn't there$/],
    ["no key at all", /isn't a private key that can be read/],
    [ssh2.utils.generateKeyPairSync("ed25519").public, /is a public key: name the private one/],
  ])("a key file with %j", async (text, message) => {
    const keyFile = path.join(temporaryFolder(), "key");
    if (text !== undefined) writeFileSync(keyFile, text);
    const fault = await connecting().fault(targetOf(await startSshServer(), { keyFile }));
    expect(fault).toMatchObject({
      step: "authenticate",
      reason: "key-unreadable",
      message: expect.stringMatching(message),
    });
  });
});

describe("a server's files", () => {
  const status = { missing: 2, denied: 3, failed: 4 };
  const opens = (sftp: SFTPWrapper) => sftp.on("OPEN", (id) => sftp.handle(id, Buffer.from("h")));

  test.each<[string, (sftp: SFTPWrapper, cut: () => void) => void, object]>([
    [
      "no permission",
      (sftp) => sftp.on("OPEN", (id) => sftp.status(id, status.denied)),
      { step: "open", reason: "forbidden" },
    ],
    [
      "a failure",
      (sftp) => opens(sftp).on("READ", (id) => sftp.status(id, status.failed)),
      { step: "read", reason: "failed" },
    ],
    ["a cut in mid-read", (sftp, cut) => opens(sftp).on("READ", cut), { step: "read", reason: "cut" }],
    ["the channel's end", (sftp) => opens(sftp).on("READ", () => sftp.end()), { step: "read", reason: "cut" }],
  ])("%s", async (_, misbehave, fault) => {
    const rig = connecting();
    const server = await startSshServer({ sftp: misbehave });
    expect(await faultOf(withFiles(rig, server, readAll))).toMatchObject(fault);
  });

  test("more than was asked for isn't taken", async () => {
    const server = await startSshServer({
      sftp: (sftp) => opens(sftp).on("READ", (id) => sftp.data(id, Buffer.alloc(200_000, "x"))),
    });
    expect(await withFiles(connecting(), server, readAll)).toBe(100);
  });

  test("what isn't there is undefined, and no fault", async () => {
    const server = await startSshServer({
      sftp: (sftp) =>
        sftp
          .on("STAT", (id) => sftp.status(id, status.missing))
          .on("OPEN", (id) => sftp.status(id, status.missing))
          .on("REALPATH", (id) => sftp.status(id, status.missing))
          .on("OPENDIR", (id) => sftp.status(id, status.missing)),
    });
    const found = await withFiles(connecting(), server, async (files) => [
      await files.stat("/x"),
      await files.open("/x"),
      await files.list("/x"),
    ]);
    expect(found).toEqual([undefined, undefined, []]);
  });

  test("a folder without end is left, and names that lead elsewhere aren't taken", async () => {
    const entry = (filename: string) => ({ filename, longname: filename, attrs: {} as never });
    let asked = 0;
    const server = await startSshServer({
      sftp: (sftp) =>
        sftp
          .on("OPENDIR", (id, folder) => sftp.handle(id, Buffer.from(folder)))
          .on("READDIR", (id, handle) => {
            if (String(handle) === "/endless")
              return sftp.name(
                id,
                Array.from({ length: 1_000 }, (_, i) => entry(`log.${i}`)),
              );
            if (asked++ > 0) return sftp.status(id, 1);
            sftp.name(id, ["..", ".", "../../etc/passwd", "auth.log", "a/b"].map(entry));
          }),
    });
    const rig = connecting();
    expect(await withFiles(rig, server, (files) => files.list("/var/log"))).toEqual(["auth.log"]);
    expect(await faultOf(withFiles(rig, server, (files) => files.list("/endless")))).toMatchObject({
      message: expect.stringContaining("holds more than 20000 files: name one of them"),
    });
  });
});

describe("who calls it off", () => {
  /** A server that lets in whoever asks once it is told to. */
  async function slowServer() {
    const [asked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const server = await startSshServer({
      authenticate(context) {
        asked.resolve();
        void told.promise.then(() => context.accept());
      },
    });
    return { server, asked: asked.promise, letIn: told.resolve };
  }

  test("leaves the others who wait for the same connection theirs", async () => {
    const { server, asked, letIn } = await slowServer();
    const { connections } = connecting();
    const [patient, hasty] = [new AbortController(), new AbortController()];
    const wanted = { target: targetOf(server), host: "web01" };
    const waiting = connections.lease({ ...wanted, signal: patient.signal });
    const leaving = faultOf(connections.lease({ ...wanted, signal: hasty.signal }));
    await asked;
    hasty.abort();
    expect(await leaving).toMatchObject({ reason: "stopped" });
    letIn();
    expect((await waiting).connection.lost).toBe(false);
    expect(server.open()).toBe(1);
  });

  test("ends what nobody waits for any more, and the next one begins anew", async () => {
    const { server, asked } = await slowServer();
    const { connections, clock, signal } = connecting();
    const hasty = new AbortController();
    const wanted = { target: targetOf(server), host: "web01" };
    const leaving = faultOf(connections.lease({ ...wanted, signal: hasty.signal }));
    await asked;
    hasty.abort();
    expect(await leaving).toMatchObject({ reason: "stopped" });
    const again = faultOf(connections.lease({ ...wanted, signal }));
    await until("the first to be left", () => server.open() === 1);
    expect(clock.pending()).toBe(1);
    connections.close();
    expect(await again).toMatchObject({ reason: "stopped" });
    await until("all to be left", () => server.open() === 0 && clock.pending() === 0);
  });

  test("gets nothing when he had done so before", async () => {
    const { server } = await slowServer();
    const rig = connecting();
    expect(
      await faultOf(rig.connections.lease({ target: targetOf(server), host: "web01", signal: AbortSignal.abort() })),
    ).toMatchObject({ reason: "stopped" });
    await until("it to be left", () => server.open() === 0);
  });
});

test("a flood is taken no faster than the pace, and left once it is enough", async () => {
  let sent = 0;
  const server = await startSshServer({
    exec(channel) {
      const flood = (): void => {
        while (channel.write(Buffer.alloc(65_536, "x"))) sent += 65_536;
        channel.once("drain", flood);
      };
      flood();
    },
  });
  const rig = connecting();
  const { connection, release } = await rig.lease(targetOf(server));
  let taken = 0;
  const running = runLine(connection, "yes", (chunk) => (taken += chunk.length) < 20_000_000, rig);
  const second = 8 * 1024 * 1024;
  const paused = (): boolean => rig.waits.at(-1) !== stepLimitsMs.read;
  await until("the first second's worth", () => paused() && taken >= second);
  expect(taken).toBeLessThan(second + 65_536);
  for (let ended = false; !ended;) {
    await until("more", () => paused() || taken >= 20_000_000);
    rig.clock.advance(100);
    ended = taken >= 20_000_000;
  }
  expect(await running).toEqual({ status: undefined, stderr: "" });
  expect(rig.clock.monotonic()).toBeGreaterThan(1_200);
  release();
});

test("a trickle is read for as long as something comes", async () => {
  let more = (): void => {};
  let left = 20;
  const server = await startSshServer({
    exec(channel) {
      more = () => (left-- > 0 ? channel.write("x") : (channel.exit(0) ?? channel.close()));
      more();
    },
  });
  const rig = connecting();
  const { connection, release } = await rig.lease(targetOf(server));
  let taken = 0;
  const trickle = (chunk: Uint8Array): boolean => {
    taken += chunk.length;
    rig.clock.advance(stepLimitsMs.read - 1);
    more();
    return true;
  };
  expect(await runLine(connection, "tail -f", trickle, rig)).toEqual({ status: 0, stderr: "" });
  expect(taken).toBe(20);
  release();
});

async function withFiles<T>(
  rig: ReturnType<typeof connecting>,
  server: { port: number; keyFile: string },
  use: (files: ReturnType<typeof sftpFiles>, connection: Connection) => Promise<T>,
): Promise<T> {
  const { connection, release } = await rig.lease(targetOf(server));
  return connection.sftp(rig, (sftp) => use(sftpFiles(sftp, connection.name, rig), connection)).finally(release);
}

const readAll = async (files: ReturnType<typeof sftpFiles>): Promise<number> =>
  (await (await files.open("/var/log/auth.log"))?.read(0, 100))?.length ?? -1;
