import { BlockList, isIP } from "node:net";
import { z } from "zod";

const range = z.string().refine((text) => rangeOf(text) !== undefined, {
  message: "give an IP address, or a range such as 192.0.2.0/24 or 2001:db8::/32",
});

/** Whose messages a source takes: by the address that they come from, by the host that they name, or by both. */
export const takenSchema = z
  .strictObject({
    /** Addresses and ranges of them. */
    senders: z.array(range).max(100).default([]),
    /** Names that the messages bear: whoever may send can bear any, so give `senders` too where that matters. */
    hosts: z.array(z.string().min(1).max(255)).max(100).default([]),
  })
  .refine(({ senders, hosts }) => senders.length + hosts.length > 0, {
    message: "say whose messages are taken: senders (addresses), hosts (names), or both",
    path: ["senders"],
  });
export type Taken = z.infer<typeof takenSchema>;

interface Range {
  address: string;
  bits: number;
  family: "ipv4" | "ipv6";
}

function rangeOf(text: string): Range | undefined {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  return version === 0 || bits > most ? undefined : { address, bits, family: version === 4 ? "ipv4" : "ipv6" };
}

export interface Taker {
  /** May messages from that address be taken at all? */
  from(address: string): boolean;
  takes(address: string, message: string): boolean;
}

export function takerOf({ senders, hosts }: Taken): Taker {
  const list = new BlockList();
  for (const { address, bits, family } of senders.flatMap((sender) => rangeOf(sender) ?? []))
    list.addSubnet(address, bits, family);
  const names = new Set(hosts.map((host) => host.toLowerCase()));
  const from = (address: string): boolean =>
    senders.length === 0 || list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return {
    from,
    takes: (address, message) => from(address) && (names.size === 0 || names.has(hostIn(message)?.toLowerCase() ?? "")),
  };
}

/** An address as it is written in lists: IPv4 within IPv6 is IPv4, and the link that it was reached by doesn't count. */
export const plainAddress = (address = ""): string => address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");

// `<34>1 2026-01-05T12:00:00Z host` (RFC 5424, 6.2), `<34>Jan  5 12:00:00 host` (RFC 3164, 4.1.2).
const header = /^<\d{1,3}>(?:1 \S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (\S+)/;

/** The host that a message names. */
export const hostIn = (message: string): string | undefined => header.exec(message)?.[1];
