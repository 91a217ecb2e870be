import { brief } from "../../words.ts";

/** What came back of some packets. */
export interface Echoes {
  sent: number;
  /** Of each packet that came back, in ms. */
  timesMs: number[];
  /** Why the others didn't, if anything says so. */
  fault?: string;
}

const faults: [RegExp, string][] = [
  [
    /host(name)? lookup|name or service not known|bad address|unknown host|no address associated/i,
    "its name is unknown",
  ],
  [/temporary failure in name/i, "its name can't be looked up just now"],
  [/network (is )?unreachable/i, "no way to it (network unreachable)"],
  [/host (is )?unreachable|no route to host/i, "no way to it (host unreachable)"],
  [/port unreachable|prohibited|filtered/i, "something on the way refuses it"],
  [/time to live exceeded/i, "packets go round in circles (time to live exceeded)"],
  [/address family.*not supported|cannot assign requested address/i, "this machine has no address to reach it from"],
];
const forbidden = /operation not permitted|permission denied|missing cap_net_raw/i;

/** Reads what iputils' or BusyBox's ping said; `asked` is how many packets it was to send. */
export function echoesOf({ stdout, stderr }: { stdout: string; stderr: string }, asked: number): Echoes {
  // A packet that came back twice is one that came back.
  const times = new Map(
    [...stdout.matchAll(/\b(?:icmp_)?seq=(\d+) .*\btime[=<]([\d.]+) ms/g)].map(([, seq, ms]) => [seq, Number(ms)]),
  );
  const sent = Number(/(\d+) packets transmitted/.exec(stdout)?.[1] ?? asked);
  const echoes = { sent: Math.max(sent, times.size), timesMs: [...times.values()] };
  if (times.size === 0 && forbidden.test(stderr)) return { ...echoes, fault: unprivileged };
  const text = `${stderr}\n${stdout.replace(/^PING .*/, "")}`;
  const fault = faults.find(([pattern]) => pattern.test(text))?.[1] ?? brief(stderr);
  return fault ? { ...echoes, fault } : echoes;
}

const unprivileged =
  "ping may not send: allow it with `setcap cap_net_raw+ep /usr/bin/ping`, or the daemon's group with the sysctl net.ipv4.ping_group_range";
