import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

// RFC 1918 and RFC 4193. Link-local addresses aren't among them: clouds keep their credentials service there.
const privates = new BlockList();
privates.addSubnet("10.0.0.0", 8, "ipv4");
privates.addSubnet("172.16.0.0", 12, "ipv4");
privates.addSubnet("192.168.0.0", 16, "ipv4");
privates.addSubnet("fc00::", 7, "ipv6");

// Of this machine or its own network in another way: link-local, of a provider's NAT (RFC 6598), this host.
const near = new BlockList();
near.addSubnet("169.254.0.0", 16, "ipv4");
near.addSubnet("100.64.0.0", 10, "ipv4");
near.addSubnet("0.0.0.0", 8, "ipv4");
near.addSubnet("fe80::", 10, "ipv6");
near.addAddress("::", "ipv6");

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** How far away a host is. A name counts as public: what it means may change. */
export function reachOf(host: string): "loopback" | "private" | "public" {
  const address = host.replace(/^\[|\]$/g, "");
  if (address === "localhost" || isIn(loopback, address)) return "loopback";
  return isIn(privates, address) ? "private" : "public";
}

/** Whether an address is one that only those inside reach. A name isn't: what it leads to has to be looked up. */
export const isInside = (host: string): boolean =>
  reachOf(host) !== "public" || isIn(near, host.replace(/^\[|\]$/g, ""));

/** Why nothing may be sent to this URL, or undefined. */
export function urlObjection(text: string, allowHttp: boolean): string | undefined {
  if (!URL.canParse(text)) return "this is no URL";
  const { protocol, hostname, username, password } = new URL(text);
  if (username || password) return "leave user name and password out of the URL";
  if (protocol === "https:") return undefined;
  if (protocol !== "http:") return "the URL begins with https://";
  const reach = reachOf(hostname);
  if (reach === "loopback") return undefined;
  if (reach === "public") return "only https leaves this machine, or http to a private address with allowHttp";
  return allowHttp ? undefined : "http to a private address needs allowHttp: true in its options";
}

/** What may be seen of a secret URL: where it leads, and that there is more. */
export const maskUrl = (url: string): string => (URL.canParse(url) ? `${new URL(url).origin}/…` : "[redacted]");
