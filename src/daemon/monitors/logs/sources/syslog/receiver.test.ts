import { createSocket } from "node:dgram";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { connect } from "node:net";
import type { Socket } from "node:net";
import path from "node:path";
import { connect as connectTls } from "node:tls";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { certificate } from "../../../../../../tests/support/certificate.ts";
import { createFakeClock } from "../../../../../../tests/support/fake-clock.ts";
import { temporaryFolder, until } from "../../../../../../tests/support/processes.ts";
import { collector } from "../collector.test-support.ts";
import { createAllowance } from "./allowance.ts";
import type { TakingSource } from "./intake.ts";
import { createReceiver, type SyslogListen } from "./receiver.ts";
import { openSpool, type SpoolCursor } from "./spool.ts";
import { syslog } from "./syslog.ts";
import { takenSchema } from "./takers.ts";

const redact = (text: string): string => text.replaceAll(/hunter\d/g, "<SECRET:1>");
const taking = (id: string, options: object): TakingSource => ({ id, options: takenSchema.parse(options), redact });
const local = { senders: ["127.0.0.1", "::1"] };

/** A receiver on this machine with one source, and what sends to it. */
async function receive(
  listen: SyslogListen,
  {
    sources = [taking("fw", local)],
    idleMs = 60_000,
    tls,
  }: Partial<Parameters<typeof createReceiver>[0]> & {
    sources?: TakingSource[];
  } = {},
) {
  const folder = path.join(temporaryFolder(), "spool");
  const clock = createFakeClock();
  const faults: unknown[] = [];
  const cursors = new Map<string, SpoolCursor>();
  const receiver = createReceiver({
    folder,
    clock,
    committed: (id) => cursors.get(id),
    onFault: (error) => faults.push(error),
    idleMs,
    tls,
  });
  await receiver.use(sources);
  await receiver.listen({ address: "127.0.0.1", ...listen });
  onTestFinished(async () => {
    await receiver.stop();
    expect(faults).toEqual([]);
  });
  const { collect } = collector(syslog, local, { spool: { folder, source: "fw" } });
  const lines: unknown[] = [];
  return {
    receiver,
    folder,
    clock,
    collect,
    cursors,
    /** Collects until so many lines have come. */
    async received(count: number): Promise<unknown[]> {
      await until(`${count} lines`, async () => {
        clock.advance(500);
        lines.push(...(await collect()).lines);
        return lines.length >= count;
      });
      return lines;
    },
    async stream(): Promise<Socket> {
      const socket = connect({ port: receiver.ports().tcp ?? 0, host: "127.0.0.1" });
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      return socket;
    },
  };
}

async function datagrams(port: number, ...messages: string[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const message of messages) {
    await new Promise((resolve) => socket.send(message, port, "127.0.0.1", resolve));
  }
  socket.close();
}

describe("syslog", () => {
  test("is received over UDP, and kept without its secrets", async () => {
    const { receiver, received, folder } = await receive({ udp: 0 });
    await datagrams(receiver.ports().udp ?? 0, "<34>password hunter2\n", "<34>two", `<34>${"x".repeat(9_000)}`);
    expect(await received(3)).toEqual(["<34>password <SECRET:1>", "<34>two", { withheldBytes: 9_004 }]);
    const spooled = readdirSync(path.join(folder, "fw")).map((name) =>
      readFileSync(path.join(folder, "fw", name), "utf8"),
    );
    expect(spooled.join("")).toContain("<SECRET:1>");
    expect(spooled.join("")).not.toContain("hunter2");
  });

  test("is received over TCP, by lines and by lengths, from several at once", async () => {
    const { stream, received } = await receive({ tcp: 0 });
    const [one, two] = [await stream(), await stream()];
    one.write("<34>one\n<34>hal");
    two.write("7 <34>two");
    await received(2);
    one.write("f\n");
    expect(new Set(await received(3))).toEqual(new Set(["<34>half", "<34>one", "<34>two"]));
  });

  test("is received over TLS", async () => {
    const folder = temporaryFolder();
    const tls = { certFile: path.join(folder, "crt"), keyFile: path.join(folder, "key") };
    writeFileSync(tls.certFile, certificate.cert);
    writeFileSync(tls.keyFile, certificate.key);
    const { receiver, received } = await receive({ tls: 0 }, { tls });
    const socket = connectTls({ port: receiver.ports().tls ?? 0, host: "127.0.0.1", ca: certificate.cert });
    onTestFinished(() => void socket.destroy());
    await once(socket, "secureConnect");
    socket.write("7 <34>one");
    expect(await received(1)).toEqual(["<34>one"]);
  });

  test("of nobody's hosts is counted and not kept, and its connection closed", async () => {
    const sources = [taking("fw", { senders: ["192.0.2.1"] })];
    const { receiver, stream } = await receive({ tcp: 0 }, { sources });
    const socket = await stream();
    await once(socket, "close");
    expect(receiver.health()).toEqual({
      status: "ok",
      detail: `syslog is received on TCP ${receiver.ports().tcp}; 1 messages that no source takes, the last from 127.0.0.1`,
    });
  });

  test("goes to each source that takes it", async () => {
    const sources = [taking("fw", local), taking("other", local), taking("none", { senders: ["192.0.2.1"] })];
    const { receiver, received, folder } = await receive({ udp: 0 }, { sources });
    await datagrams(receiver.ports().udp ?? 0, "<34>one");
    await received(1);
    const other = collector(syslog, local, { spool: { folder, source: "other" } });
    expect((await until("the other's", async () => (await other.peek()).lines)).length).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(["fw", "other"]);
  });

  test("connections that say nothing, say nonsense, or are too many are closed", async () => {
    const { stream } = await receive({ tcp: 0 }, { idleMs: 50 });
    await once(await stream(), "close");
    const nonsense = await stream();
    nonsense.write("9999999999 <34>one");
    await once(nonsense, "close");
    const patient = await receive({ tcp: 0 });
    for (let i = 0; i < 32; i++) await patient.stream();
    const last = await patient.stream();
    await once(last, "close");
    expect(patient.receiver.health().detail).toContain("the last from 127.0.0.1");
  });

  test("over the rate isn't taken in, and the gap says how much", async () => {
    const { stream, received, clock, collect } = await receive({ tcp: 0 });
    const socket = await stream();
    socket.write("<34>one\n".repeat(10_100));
    const gaps: unknown[] = [];
    await until("a gap", async () => {
      clock.advance(1);
      clock.advance(500);
      gaps.push(...(await collect()).gaps);
      return gaps.length > 0;
    });
    const [gap] = gaps;
    expect(gap).toMatchObject({ reason: "overrun", where: "127.0.0.1" });
    expect((gap as { lostLines: number }).lostLines).toBeLessThanOrEqual(100);
    clock.advance(10_000);
    socket.write("<34>after\n");
    expect((await received(1)).at(-1)).toBe("<34>after");
  });

  test("a sender may send a lot at once, and so much a second after that", () => {
    const clock = createFakeClock();
    const isAllowed = createAllowance(clock, { perSecond: 2, atOnce: 3 });
    const tries = (sender: string): boolean[] => [1, 2, 3, 4].map(() => isAllowed(sender));
    expect(tries("a")).toEqual([true, true, true, false]);
    expect(tries("b")).toEqual([true, true, true, false]);
    clock.advance(1_000);
    expect(tries("a")).toEqual([true, true, false, false]);
  });

  test.each<[string, SyslogListen, RegExp]>([
    [
      "no certificate",
      { tls: 0 },
      /^syslog over TLS isn't received: it needs a certificate: set tls.certFile and tls.keyFile$/,
    ],
    [
      "no such address",
      { udp: 0, address: "192.0.2.1" },
      /^syslog over UDP isn't received: this machine hasn't that address$/,
    ],
  ])("that can't be received is told of: %s", async (_, listen, said) => {
    const { receiver } = await receive(listen);
    expect(receiver.health()).toEqual({ status: "degraded", detail: expect.stringMatching(said) });
  });

  test("on a port that is taken says so, and on another goes on", async () => {
    const first = await receive({ tcp: 0 });
    const { tcp = 0 } = first.receiver.ports();
    const second = await receive({ tcp });
    expect(second.receiver.health().detail).toBe(
      `syslog over TCP isn't received: port ${tcp} is taken: stop what listens there (rsyslog?), or take another`,
    );
    await second.receiver.listen({ address: "127.0.0.1", tcp: 0 });
    expect(second.receiver.health().status).toBe("ok");
    await second.receiver.listen({});
    expect(second.receiver.health().detail).toBe("nothing listens for syslog");
  });

  test("stops at once, whoever is connected", async () => {
    const folder = temporaryFolder();
    const tls = { certFile: path.join(folder, "crt"), keyFile: path.join(folder, "key") };
    writeFileSync(tls.certFile, certificate.cert);
    writeFileSync(tls.keyFile, certificate.key);
    const { receiver, stream } = await receive({ tcp: 0, tls: 0 }, { tls });
    const mute = connect({ port: receiver.ports().tls ?? 0, host: "127.0.0.1" }).on("error", () => {});
    await once(mute, "connect");
    const ended = [await stream(), mute].map((socket) => once(socket, "close"));
    await receiver.stop();
    await Promise.all(ended);
    expect(receiver.ports()).toEqual({});
  });

  test("without a receiver there is nothing to collect from", async () => {
    const { faults } = await collector(syslog, local).collect();
    expect(faults).toEqual([
      { step: "open", message: "nothing listens for syslog: set a port (setting logs, syslog)" },
    ]);
  });
});

test("a spool whose writes are short ones, as on a disk that is all but full, loses nothing", async () => {
  const folder = path.join(temporaryFolder(), "spool");
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const write = prototype.write as unknown as (this: FileHandle, bytes: Uint8Array) => Promise<unknown>;
  vi.spyOn(prototype, "write").mockImplementation(function (this: FileHandle, given: string | Uint8Array) {
    const bytes = Buffer.from(given);
    return write.call(this, bytes.subarray(0, Math.ceil(bytes.length / 2)));
  } as never);
  onTestFinished(() => void vi.restoreAllMocks());
  const spool = openSpool(path.join(folder, "fw"), () => undefined);
  await spool.add(["one", "two"]);
  await spool.add(["three"]);
  await spool.close();
  const { collect } = collector(syslog, local, { spool: { folder, source: "fw" } });
  expect((await collect()).lines).toEqual(["one", "two", "three"]);
});

describe("a spool", () => {
  const spoolOf = (committed: () => SpoolCursor | undefined = () => undefined, limitBytes?: number) => {
    const folder = temporaryFolder();
    const spool = openSpool(path.join(folder, "fw"), committed, limitBytes);
    onTestFinished(() => spool.close());
    return {
      spool,
      folder,
      at: path.join(folder, "fw"),
      ...collector(syslog, local, { spool: { folder, source: "fw" } }),
    };
  };

  test("is read on with limits, and the same again until that is committed", async () => {
    const { spool, collect, peek } = spoolOf();
    await spool.add(["1", "2", { withheldBytes: 9_000 }, "4"]);
    expect(await collect({ lines: 3 })).toMatchObject({ lines: ["1", "2", { withheldBytes: 9_000 }], more: true });
    expect(await peek()).toEqual(await peek());
    expect(await collect()).toMatchObject({ lines: ["4"], more: false });
    await spool.add(["5"]);
    expect((await collect()).lines).toEqual(["5"]);
  });

  test("that a crash has cut in the middle of a line goes on in another file", async () => {
    const { spool, at, folder, collect } = spoolOf();
    await spool.add(["1"]);
    appendFileSync(path.join(at, "000000000001.ndjson"), '"half');
    const next = openSpool(path.join(folder, "fw"), () => undefined);
    await next.add(["2"]);
    await next.close();
    expect((await collect()).lines).toEqual(["1", "2"]);
  });

  test("keeps what isn't committed, removes what is, and takes in no more than there is room for", async () => {
    const committed: { cursor?: SpoolCursor } = {};
    const { spool, at, collect } = spoolOf(() => committed.cursor, 3 << 20);
    const big = Array.from({ length: 200 }, () => "x".repeat(6_000));
    expect(await spool.add(big)).toBe(0);
    expect(await spool.add(big)).toBe(0);
    expect(await spool.add(big)).toBeGreaterThan(0);
    expect(readdirSync(at)).toHaveLength(3);
    committed.cursor = (await collect()).cursor as SpoolCursor;
    expect(await spool.add(["room again"])).toBe(0);
    expect(readdirSync(at)).toHaveLength(1);
    expect((await collect()).lines).toEqual(["room again"]);
  });

  test("whose files somebody removed is told of", async () => {
    const { spool, at, collect, forge } = spoolOf();
    await spool.add(["1"]);
    await collect();
    rmSync(at, { recursive: true });
    mkdirSync(at);
    writeFileSync(path.join(at, "000000000009.ndjson"), '"9"\n');
    expect(await collect()).toMatchObject({ lines: ["9"], gaps: [{ reason: "rotated-away" }] });
    forge({ segment: -1 });
    expect(await collect()).toMatchObject({ lines: ["9"], gaps: [{ reason: "cursor-lost" }] });
  });
});
