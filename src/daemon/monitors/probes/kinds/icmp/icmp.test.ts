import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, until } from "../../../../../../tests/support/processes.ts";
import { asked, objection, stopped } from "../../attempt.test-support.ts";
import { echoesOf } from "./echoes.ts";
import { createIcmp, icmp } from "./icmp.ts";

const programs = [["ping"], ["busybox", "ping"]].filter(
  ([name = "", ...applet]) => spawnSync(name, [...applet, "-c", "1", "127.0.0.1"]).status === 0,
);

test("there is a ping here to test with", () => {
  expect(programs.length).toBeGreaterThan(0);
});

describe.each(programs.map((command) => ({ command })))("$command", ({ command }) => {
  const kind = createIcmp(command);

  test.each(["127.0.0.1", "localhost"])("%s answers", async (host) => {
    expect(await asked(kind, { host, packets: 1 })).toEqual({
      ok: true,
      latencyMs: expect.any(Number),
      reason: `ICMP ${host}: answered`,
    });
  });

  // A machine may have no IPv6.
  test.runIf(spawnSync(command[0] ?? "", [...command.slice(1), "-c", "1", "::1"]).status === 0)(
    "::1 answers",
    async () => {
      expect(await asked(kind, { host: "::1", packets: 1 })).toMatchObject({ ok: true, reason: "ICMP ::1: answered" });
    },
  );

  test("the share that is lost is told of many packets, which all keep to the time", async () => {
    expect(await asked(kind, { host: "127.0.0.1", packets: 20 }, { timeoutMs: 2_000 })).toMatchObject({
      ok: true,
      lossPercent: 0,
    });
  });

  test("a name that isn't there is said to be so", async () => {
    const { ok, reason } = await asked(kind, { host: "nothing.invalid" });
    expect([ok, reason]).toEqual([
      false,
      expect.stringMatching(/: its name (is unknown|can't be looked up just now)$/),
    ]);
  });
});

const iputils = (packets: string, summary: string) =>
  `PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n${packets}\n--- 192.0.2.1 ping statistics ---\n${summary}\n`;
const busybox = (packets: string, summary: string) =>
  `PING 192.0.2.1 (192.0.2.1): 56 data bytes\n${packets}\n--- 192.0.2.1 ping statistics ---\n${summary}\n`;

test.each([
  [
    "iputils, one lost and one twice",
    iputils(
      "64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=1.50 ms\n64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=2 ms (DUP!)\n64 bytes from 192.0.2.1: icmp_seq=3 ttl=64 time<1 ms",
      "3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 402ms",
    ),
    "",
    { sent: 3, timesMs: [2, 1] },
  ],
  [
    "BusyBox",
    busybox(
      "64 bytes from 192.0.2.1: seq=0 ttl=64 time=0.192 ms\n64 bytes from 192.0.2.1: seq=1 ttl=64 time=403.062 ms",
      "2 packets transmitted, 2 packets received, 0% packet loss",
    ),
    "",
    { sent: 2, timesMs: [0.192, 403.062] },
  ],
  [
    "nothing came back",
    iputils("", "3 packets transmitted, 0 received, 100% packet loss, time 2031ms"),
    "",
    { sent: 3, timesMs: [] },
  ],
  [
    "interrupted before all were sent",
    iputils("", "1 packets transmitted, 0 received, 100% packet loss, time 0ms"),
    "",
    { sent: 1, timesMs: [] },
  ],
  [
    "a router says no",
    iputils("From 10.0.0.1 icmp_seq=1 Destination Host Unreachable", "3 packets transmitted, 0 received, +3 errors"),
    "",
    { fault: "no way to it (host unreachable)" },
  ],
  ["no network", "", "ping: connect: Network is unreachable\n", { fault: "no way to it (network unreachable)" }],
  ["no network (BusyBox)", "", "ping: sendto: Network unreachable\n", { fault: "no way to it (network unreachable)" }],
  [
    "a firewall",
    iputils("From 10.0.0.1 icmp_seq=1 Packet filtered", "3 packets transmitted, 0 received, +3 errors"),
    "",
    { fault: "something on the way refuses it" },
  ],
  [
    "a loop",
    iputils("From 10.0.0.1 icmp_seq=1 Time to live exceeded", "3 packets transmitted, 0 received, +3 errors"),
    "",
    { fault: "packets go round in circles (time to live exceeded)" },
  ],
  ["no such name", "", "ping: x.invalid: Name or service not known\n", { fault: "its name is unknown" }],
  ["no such name (BusyBox)", "", "ping: bad address 'x.invalid'\n", { fault: "its name is unknown" }],
  [
    "no resolver",
    "",
    "ping: x: Temporary failure in name resolution\n",
    { fault: "its name can't be looked up just now" },
  ],
  [
    "no IPv6",
    "",
    "ping: socket: Address family not supported by protocol\n",
    { fault: "this machine has no address to reach it from" },
  ],
  [
    "not allowed",
    "",
    "ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n",
    { fault: /setcap cap_net_raw/ },
  ],
  ["not allowed (BusyBox)", "", "ping: permission denied (are you root?)\n", { fault: /setcap cap_net_raw/ }],
  ["what nobody foresaw", "", "ping: \u001b[31mout of memory\n", { fault: "ping: out of memory" }],
])("%s", (_, stdout, stderr, echoes) => {
  expect(echoesOf({ stdout, stderr }, 3)).toMatchObject(
    "fault" in echoes && echoes.fault instanceof RegExp ? { fault: expect.stringMatching(echoes.fault) } : echoes,
  );
});

/** A program in ping's place. */
function standIn(script: string): string {
  const file = path.join(temporaryFolder(), "ping");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test.each([
  ["installed", () => "/not/there", /: there is no ping on this machine: install iputils-ping/],
  ["executable", () => path.join(import.meta.dirname, "icmp.ts"), /: ping can't be run/],
  [
    "allowed to send",
    () => standIn("echo 'ping: socket: Operation not permitted' >&2; exit 2"),
    /: ping may not send: /,
  ],
])("a ping that isn't %s", async (_, command, reason) => {
  const outcome = await asked(createIcmp([command()]), { host: "192.0.2.1" });
  expect(outcome).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

test("some of the packets lost is an answer all the same", async () => {
  const lines = [1, 2, 4, 5, 7, 9, 10].map((seq) => `echo 'x: icmp_seq=${seq} ttl=64 time=${seq} ms'`);
  const command = standIn(
    [...lines, "echo '10 packets transmitted, 7 received, 30% packet loss, time 1ms'"].join("\n"),
  );
  expect(await asked(createIcmp([command]), { host: "192.0.2.1", packets: 10 })).toEqual({
    ok: true,
    latencyMs: 5,
    lossPercent: 30,
    reason: "ICMP 192.0.2.1: 3 of 10 packets lost",
  });
});

test("a ping that won't end is killed, and what came until then counts", async () => {
  // What it has started holds its output open, and isn't waited for.
  const file = standIn(
    "trap '' INT\necho 'x: icmp_seq=1 ttl=64 time=3 ms'\necho $$ > \"$0.pid\"\nsleep 5 &\nexec tail -f /dev/null",
  );
  const startedAt = performance.now();
  const outcome = await asked(createIcmp([file]), { host: "192.0.2.1" }, { timeoutMs: 300 });
  expect(outcome).toMatchObject({ ok: true, latencyMs: 3, reason: "ICMP 192.0.2.1: 2 of 3 packets lost" });
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  expect(() => process.kill(Number(readFileSync(`${file}.pid`, "utf8")), 0)).toThrow("ESRCH");
});

test("nothing is left of a probe that is stopped", async () => {
  const file = standIn('echo $$ > "$0.pid.new"; mv "$0.pid.new" "$0.pid"; exec tail -f /dev/null');
  const pid = (): number => {
    try {
      return Number(readFileSync(`${file}.pid`, "utf8"));
    } catch {
      return 0;
    }
  };
  await stopped(createIcmp([file]), { host: "192.0.2.1" }, until("ping's process", pid));
  expect(() => process.kill(pid(), 0)).toThrow("ESRCH");
});

test.each([
  [{ host: "-f" }, "host: a host is a name or an IP address, without its port"],
  [{ host: "web01; reboot" }, "host: a host is a name or an IP address, without its port"],
  [{ host: `${"a".repeat(64)}.example` }, "host: a host is a name or an IP address, without its port"],
  [{ host: "web01", packets: 21 }, "packets: Too big: expected number to be <=20"],
])("%j is refused", (options, message) => {
  expect(objection(icmp, options)).toBe(message);
});
