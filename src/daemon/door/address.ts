import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Who stands in front of us and says whose request he passes on. */
export interface Proxies {
  /** Whether what comes from this address (none: through the Unix socket) may say for whom it comes. */
  trusts(address: string | undefined): boolean;
  /**
   * Whose request this is: who is connected, or, as long as that is a proxy of ours, who its `X-Forwarded-For` says was
   * connected to it, read from its end, as anybody can write its beginning.
   */
  clientOf(request: Pick<IncomingMessage, "headers" | "socket">): string;
}

/** Who comes through the Unix socket. */
export const UNIX = "unix";

const versionOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 4 ? "ipv4" : "ipv6");

/** An IPv4 address that came to a socket of IPv6 is one of IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/** A range of addresses (`10.0.0.0/8`), one of them, or `unix`; undefined if it is none of these. */
export function readRange(text: string): { address: string; bits: number } | undefined {
  if (text === UNIX) return { address: UNIX, bits: 0 };
  const [, address = "", length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (isIP(address) === 0) return undefined;
  const most = isIP(address) === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  return bits <= most ? { address, bits } : undefined;
}

/** `trusted` are ranges that `readRange` can read. */
export function createProxies(trusted: readonly string[]): Proxies {
  const list = new BlockList();
  const ranges = trusted.flatMap((text) => readRange(text) ?? []);
  for (const { address, bits } of ranges) if (address !== UNIX) list.addSubnet(address, bits, versionOf(address));
  const hasUnix = ranges.some(({ address }) => address === UNIX);

  function trusts(given: string = UNIX): boolean {
    const address = plain(given);
    return isIP(address) === 0 ? address === UNIX && hasUnix : list.check(address, versionOf(address));
  }

  function clientOf({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): string {
    let address = plain(socket.remoteAddress ?? UNIX);
    if (ranges.length === 0 || !trusts(address)) return address;
    for (const hop of [headers["x-forwarded-for"] ?? []].flat().join(",").split(",").toReversed()) {
      const before = plain(hop.trim());
      if (isIP(before) === 0) break;
      address = before;
      if (!trusts(address)) break;
    }
    return address;
  }

  return { trusts, clientOf };
}

/** Under what an address is counted: of IPv6 its first 64 bits, as whoever has one has all that share them. */
export function neighbourhood(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const parts = head.split(":").filter(Boolean);
  if (tail !== undefined) while (parts.length < 8 - tail.split(":").filter(Boolean).length) parts.push("0");
  return parts
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(":");
}
