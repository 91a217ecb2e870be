import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** Puts right again what a fault has broken. */
export type Mend = () => Promise<void>;

/**
 * A small internet in network namespaces: a host, its router, and beyond that 1.1.1.1, 8.8.8.8 and 9.9.9.9 (DNS, and
 * web and TLS like every address there) and 203.0.113.80, which all names lead to.
 */
export interface Lab {
  /** Comes before the command of a program that is to run on the lab's host. */
  inside: readonly string[];
  /** The cable between host and router. */
  cutCable(): Promise<Mend>;
  /** The line beyond the router. */
  cutLine(): Promise<Mend>;
  /** Beyond the router, on the way out: each packet is late, and some are lost. */
  impair(fault: { lossPercent?: number; delayMs?: number }): Promise<Mend>;
  /** The router is plugged in and does nothing any more. The host's neighbour table may be made to know that at once. */
  killGateway(how?: { known: boolean }): Promise<Mend>;
  /** The router answers no pings any more, as many do. */
  ignorePings(): Promise<Mend>;
  /** The system's own resolver, which is on the router, or those of the internet too. */
  killResolvers(which: "system" | "all"): Promise<Mend>;
  /** The router takes what is meant for the internet, and answers the web with a page of its own. */
  openPortal(): Promise<Mend>;
  /** Beyond the router, at the URL that it returns: each body that is posted there becomes a line of the file. */
  receive(file: string): Promise<string>;
  close(): Promise<void>;
}

const gateway = "10.77.0.1";
const resolvers = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];
const beyond = [...resolvers, "203.0.113.80"];
const programs = fileURLToPath(new URL("lab-programs.ts", import.meta.url));
const inside = (name: string): [string, ...string[]] => ["ip", "netns", "exec", name];
const folderOf = (name: string): string => path.join("/etc/netns", name);

/** Why there can be no lab here, or undefined. */
export function labObjection(): string | undefined {
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const name = `sentinel-${process.pid}-try`;
  try {
    ip(["netns", "add", name]);
    ip(["-n", name, "link", "add", "lan0", "type", "veth", "peer", "name", "eth0"]);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    clear(name);
  }
}

let made = 0;

/** Builds one, which must be closed. What labs of processes that are gone have left is cleared away. */
export async function openLab(): Promise<Lab> {
  clearLeftovers();
  made += 1;
  const prefix = `sentinel-${process.pid}-${made}`;
  const [host, router, internet] = [`${prefix}-host`, `${prefix}-router`, `${prefix}-internet`];
  const children = new Set<ChildProcess>();

  function build(): void {
    for (const name of [host, router, internet]) ip(["netns", "add", name]);
    // What the bad cable sends on comes in by another way than answers go out. And no refusal is held back: all count.
    for (const name of [router, internet])
      tune(name, { "conf/all/rp_filter": 0, "conf/default/rp_filter": 0, icmp_ratelimit: 0 });
    tune(router, { ip_forward: 1 });
    batch(router, [
      `link add lan0 type veth peer name eth0 netns ${host}`,
      `link add wan0 type veth peer name net0 netns ${internet}`,
      `addr add ${gateway}/24 dev lan0`,
      "addr add 10.78.0.1/24 dev wan0",
      ...["lo", "lan0", "wan0"].map((device) => `link set ${device} up`),
    ]);
    batch(internet, [
      "addr add 10.78.0.2/24 dev net0",
      ...beyond.map((address) => `addr add ${address}/32 dev lo`),
      ...["lo", "net0"].map((device) => `link set ${device} up`),
      "route add default via 10.78.0.1",
    ]);
    batch(router, ["route add default via 10.78.0.2"]);
    batch(host, [
      "addr add 10.77.0.2/24 dev eth0",
      ...["lo", "eth0"].map((device) => `link set ${device} up`),
      `route add default via ${gateway}`,
    ]);
    // `ip netns exec` shows this in place of the machine's own.
    mkdirSync(folderOf(host), { recursive: true });
    writeFileSync(path.join(folderOf(host), "resolv.conf"), `nameserver ${gateway}\noptions timeout:3 attempts:1\n`);
  }

  /** Starts one of the lab's programs in a namespace, and waits until it serves. */
  async function start(name: string, args: string[], wrapper: string[] = []): Promise<Mend> {
    const [command, ...rest] = [...inside(name), ...wrapper, process.execPath, programs, ...args];
    const child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
    children.add(child);
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    for await (const line of createInterface(child.stdout))
      if (line === "ready") return () => (child.kill("SIGKILL"), ended);
    throw new Error(`the lab's ${args.join(" ")} ended before it began`);
  }

  const startResolver = (): Promise<Mend> => start(router, ["dns", gateway]);
  const startDns = (): Promise<Mend> => start(internet, ["dns", ...resolvers]);
  let stopResolver: Mend;
  let stopDns: Mend;

  async function close(): Promise<void> {
    const ended = [...children].filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(
      ended.map((child) => new Promise((resolve) => (child.once("close", resolve), child.kill("SIGKILL")))),
    );
    for (const name of [host, router, internet]) clear(name);
  }

  try {
    build();
    [stopResolver, stopDns] = await Promise.all([startResolver(), startDns(), start(internet, ["web"])]);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    inside: inside(host),
    async cutCable() {
      batch(router, ["link set lan0 down"]);
      return async () => batch(router, ["link set lan0 up"]);
    },
    async cutLine() {
      batch(internet, ["link set net0 down"]);
      return async () => batch(internet, ["link set net0 up", "route add default via 10.78.0.1"]);
    },
    async impair({ lossPercent = 0, delayMs = 0 }) {
      const stop = await start(router, ["cable", String(lossPercent), String(delayMs)], ["perl", "-e", tunnel]);
      batch(router, ["route add default dev slow0 table 101", "rule add iif lan0 lookup 101"]);
      let over = false;
      const mend = async (): Promise<void> => {
        if (over) return;
        over = true;
        batch(router, ["rule del iif lan0 lookup 101"]);
        await stop();
      };
      // A test that fails leaves the way clear for the next.
      onTestFinished(mend);
      return mend;
    },
    async killGateway({ known } = { known: true }) {
      tune(router, { ip_forward: 0 });
      batch(router, [`addr del ${gateway}/24 dev lan0`]);
      // The host would find out by itself, within a minute.
      if (known) batch(host, ["neigh flush dev eth0"]);
      return async () => {
        batch(router, [`addr add ${gateway}/24 dev lan0`]);
        tune(router, { ip_forward: 1 });
      };
    },
    async ignorePings() {
      tune(router, { icmp_echo_ignore_all: 1 });
      return async () => tune(router, { icmp_echo_ignore_all: 0 });
    },
    async killResolvers(which) {
      await stopResolver();
      if (which === "all") await stopDns();
      return async () => {
        stopResolver = await startResolver();
        if (which === "all") stopDns = await startDns();
      };
    },
    async openPortal() {
      const stop = await start(router, ["portal"]);
      batch(
        router,
        beyond.map((address) => `route add local ${address} dev lo`),
      );
      return async () => {
        batch(
          router,
          beyond.map((address) => `route del local ${address} dev lo`),
        );
        await stop();
      };
    },
    async receive(file) {
      await start(internet, ["receiver", file]);
      return "http://10.78.0.2:8080/";
    },
    close,
  };
}

/**
 * Many kernels lack tc's netem, so the bad cable is a program on a tunnel (linux/if_tun.h: TUNSETIFF with IFF_TUN and
 * IFF_NO_PI). Perl opens it, as Node has no ioctl, and becomes that program, which is told the tunnel's descriptor.
 */
const tunnel = `
  $^F = 255;
  open(my $tun, "+<", "/dev/net/tun") or die "no /dev/net/tun: $!";
  my $request = pack("Z16 S x22", "slow0", 0x1001);
  ioctl($tun, 0x400454ca, $request) or die "no tunnel: $!";
  system(qw(ip link set slow0 up)) == 0 or die "no tunnel";
  exec @ARGV, fileno($tun);
`;

/** Runs `ip`: what goes wrong is thrown in its own words. */
function ip(args: readonly string[], input = ""): string {
  const [command] = inside("");
  const { error, status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8" });
  if (error) throw new Error(`${command} can't be run: is it installed?`, { cause: error });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}

const batch = (name: string, lines: readonly string[]): void => void ip(["-n", name, "-batch", "-"], lines.join("\n"));

/** Sets what `/proc/sys/net/ipv4` holds of a namespace. */
function tune(name: string, files: Record<string, number>): void {
  const lines = Object.entries(files).map(([file, value]) => `echo ${value} >/proc/sys/net/ipv4/${file}`);
  ip(["netns", "exec", name, "sh", "-ec", lines.join("\n")]);
}

function clear(name: string): void {
  // Building it may have stopped halfway.
  if (existsSync(path.join("/run/netns", name))) ip(["netns", "del", name]);
  rmSync(folderOf(name), { recursive: true, force: true });
}

function clearLeftovers(): void {
  const names = ip(["netns", "list"]).match(/^sentinel-\d+-\S+/gm) ?? [];
  const running = new Set(readdirSync("/proc"));
  for (const name of names) if (!running.has(name.split("-")[1] ?? "")) clear(name);
}
