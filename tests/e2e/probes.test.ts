import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "../../src/daemon/monitors/probes/kind.ts";
import { type Lab, labObjection, type Mend, openLab } from "../support/lab.ts";
import { run } from "../support/processes.ts";

const objection = labObjection();
const asker = fileURLToPath(new URL("../support/ask-network.ts", import.meta.url));
const noTunnel = existsSync("/dev/net/tun") ? "" : " (left out: this machine has no /dev/net/tun)";

const probes = {
  gateway: ["gateway", {}],
  icmp: ["icmp", { host: "8.8.8.8" }],
  tcp: ["tcp", { host: "9.9.9.9", port: 443 }],
  "dns system": ["dns", { name: "example.org", expect: ["203.0.113.80"] }],
  "dns 1.1.1.1": ["dns", { resolver: "1.1.1.1", name: "example.org" }],
  "http address": ["http", { url: "http://203.0.113.80/generate_204", status: 204, captive: true }],
  "http name": ["http", { url: "http://web.test/success.txt", contains: "success", captive: true }],
  tls: ["tls", { host: "1.1.1.1", verify: false }],
};
type Name = keyof typeof probes;
type Found = Record<Name, Outcome>;

describe.skipIf(objection)(objection ? `the lab (left out: ${objection})` : "the lab", () => {
  let lab: Lab;
  beforeAll(async () => void (lab = await openLab()));
  afterAll(() => lab.close());

  async function ask<Asked extends object>(asked: Asked, timeoutMs: number): Promise<Record<keyof Asked, Outcome>> {
    const [command = "", ...args] = lab.inside;
    const asking = run(command, [...args, process.execPath, asker, String(timeoutMs), JSON.stringify(asked)]);
    expect([await asking.ended, asking.stderr()]).toMatchObject([{ status: 0 }, ""]);
    return JSON.parse(asking.stdout()) as Record<keyof Asked, Outcome>;
  }

  /** What fails, and why: the subject is left out. */
  async function faults(timeoutMs = 2_000): Promise<Partial<Record<Name, string>>> {
    const found: Found = await ask(probes, timeoutMs);
    const failed = Object.entries(found).filter(([, { ok }]) => !ok);
    return Object.fromEntries(
      failed.map(([name, { reason, captive }]) => [
        name,
        `${captive ? "captive: " : ""}${reason.replace(/^.*?: /, "")}`,
      ]),
    );
  }

  /** The faults while something is broken; afterwards there must be none. */
  async function during(fault: Promise<Mend>): Promise<Partial<Record<Name, string>>> {
    const mend = await fault;
    const found = await faults();
    await mend();
    await expect.poll(() => faults(), { timeout: 20_000 }).toEqual({});
    return found;
  }

  const late = "timed out after 2 s";
  // The rest of the time is for the neighbour table.
  const lateGateway = "10.77.0.1 (eth0): timed out after 1.4 s";
  const lateBeyond = {
    icmp: late,
    tcp: `${late} while connecting`,
    "dns 1.1.1.1": late,
    "http address": `${late} while connecting`,
    "http name": `${late} while connecting`,
    tls: `${late} while connecting`,
  };
  /** Who is cut off from the router can't look up names either. */
  const lateEverywhere = {
    ...lateBeyond,
    gateway: lateGateway,
    "dns system": late,
    "http name": expect.stringMatching(
      /^timed out after 2 s while looking up its name$|^its name can.t be looked up just now$/,
    ),
  };

  test("while all is well, all six kinds say so", async () => {
    const found: Found = await ask(probes, 5_000);
    expect(Object.fromEntries(Object.entries(found).map(([name, { ok, reason }]) => [name, [ok, reason]]))).toEqual({
      gateway: [true, "Gateway: 10.77.0.1 (eth0): answered"],
      icmp: [true, "ICMP 8.8.8.8: answered"],
      tcp: [true, "TCP 9.9.9.9:443: connected"],
      "dns system": [true, "DNS system example.org A: 203.0.113.80"],
      "dns 1.1.1.1": [true, "DNS 1.1.1.1 example.org A: 203.0.113.80"],
      "http address": [true, "HTTP http://203.0.113.80/generate_204: 204 No Content"],
      "http name": [true, "HTTP http://web.test/success.txt: 200 OK"],
      tls: [true, expect.stringMatching(/^TLS 1\.1\.1\.1:443: certificate ends in \d+ days \(2100-01-01\)$/)],
    });
  });

  test("a cut cable: nobody is there, and the gateway neither", async () => {
    expect(await during(lab.cutCable())).toEqual(lateEverywhere);
  });

  test("a cut line beyond the router: the gateway and its resolver are there, and nobody else", async () => {
    expect(await during(lab.cutLine())).toEqual(lateBeyond);
  });

  test("a dead gateway, whose cable is plugged in", async () => {
    expect(await during(lab.killGateway())).toEqual(lateEverywhere);
  });

  test("a gateway that answers no pings is there all the same", async () => {
    const mend = await lab.ignorePings();
    const { gateway }: Found = await ask(probes, 5_000);
    const reason = "Gateway: 10.77.0.1 (eth0): doesn't answer pings, but the neighbour table says it is there";
    expect(gateway).toEqual({ ok: true, reason });
    await mend();
  });

  test("a dead resolver: what has a name can't be found", async () => {
    expect(await during(lab.killResolvers("system"))).toEqual({
      "dns system": "no resolver can be reached there",
      "http name": "its name can't be looked up just now",
    });
  });

  test("all resolvers dead", async () => {
    expect(await during(lab.killResolvers("all"))).toEqual({
      "dns system": "no resolver can be reached there",
      "dns 1.1.1.1": "no resolver can be reached there",
      "http name": "its name can't be looked up just now",
    });
  });

  test("a captive portal gives itself away on the web, and lets nothing else out", async () => {
    expect(await during(lab.openPortal())).toEqual({
      tcp: "refused",
      "dns 1.1.1.1": "no resolver can be reached there",
      "http address": "captive: an unexpected 302 Found to http://portal.test, not 204",
      "http name": "captive: an unexpected 302 Found to http://portal.test, not 200-299",
      tls: "refused",
    });
  });

  test.skipIf(noTunnel)(`a loss of 30 % is measured as such${noTunnel}`, async () => {
    const mend = await lab.impair({ lossPercent: 30 });
    const { far, near } = await ask(
      { far: ["icmp", { host: "8.8.8.8", packets: 10 }], near: ["gateway", { packets: 10 }] },
      8_000,
    );
    const { web } = await ask({ web: ["tcp", { host: "9.9.9.9", port: 443, connections: 10 }] }, 1_500);
    expect(web).toMatchObject({ ok: true, lossPercent: 30, reason: "TCP 9.9.9.9:443: 3 of 10 first packets lost" });
    expect(far).toMatchObject({ ok: true, lossPercent: 30, reason: "ICMP 8.8.8.8: 3 of 10 packets lost" });
    expect(near).toMatchObject({ ok: true, lossPercent: 0 });
    await mend();
    expect(await faults()).toEqual({});
  });

  test.skipIf(noTunnel)(`a delay of 400 ms is measured as such${noTunnel}`, async () => {
    const mend = await lab.impair({ delayMs: 400 });
    const { gateway, "dns system": system, ...beyond }: Found = await ask(probes, 5_000);
    for (const { ok, latencyMs } of Object.values(beyond)) expect([ok, Number(latencyMs) >= 400]).toEqual([true, true]);
    for (const { ok, latencyMs } of [gateway, system]) expect([ok, Number(latencyMs) < 400]).toEqual([true, true]);
    await mend();
    expect(await faults()).toEqual({});
  });

  test("a closed lab leaves nothing behind, and clears away what a killed one left", async () => {
    // No process has such a number.
    const left = "sentinel-99999999-1-host";
    const there = (): string[] =>
      readdirSync("/run/netns").filter((name) => name === left || name.startsWith(`sentinel-${process.pid}-`));
    const before = there();
    await run(lab.inside[0] ?? "", ["netns", "add", left]).ended;
    expect(there()).toContain(left);
    await (await openLab()).close();
    expect(there()).toEqual(before);
  });
});
