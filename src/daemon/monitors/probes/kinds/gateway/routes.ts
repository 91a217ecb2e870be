import { endianness } from "node:os";

/** Where packets go that no other route is for. */
export interface DefaultRoute {
  interface: string;
  metric: number;
  /** Absent on a line between two ends, which needs none. */
  gateway?: string;
}

/** linux/route.h: in use; nothing gets through. */
const RTF_UP = 0x1;
const RTF_REJECT = 0x200;

/** The default route of `/proc/net/route`, or else of `/proc/net/ipv6_route`: of several the one that costs least. */
export const defaultRoute = (routes: string, routes6: string): DefaultRoute | undefined =>
  best(rows(routes).flatMap(route4)) ?? best(rows(routes6).flatMap(route6));

const rows = (table: string): string[][] => table.split("\n").map((line) => line.trim().split(/\s+/));

const best = (routes: DefaultRoute[]): DefaultRoute | undefined =>
  routes.reduce<DefaultRoute | undefined>(
    (least, route) => (least && least.metric <= route.metric ? least : route),
    undefined,
  );

/** Iface Destination Gateway Flags RefCnt Use Metric Mask: addresses as the machine keeps numbers, the metric in decimal. */
function route4([name = "", destination, gateway = "", flags = "", , , metric, mask]: string[]): DefaultRoute[] {
  if (destination !== "00000000" || mask !== "00000000" || !usable(flags)) return [];
  const bytes = [...Buffer.from(gateway, "hex")];
  if (endianness() === "LE") bytes.reverse();
  return [{ interface: name, metric: Number(metric), ...(/^0*$/.test(gateway) ? {} : { gateway: bytes.join(".") }) }];
}

/** Destination, its length, source, its length, next hop, metric, references, uses, flags, interface: all in hex. */
function route6([
  destination = "",
  length,
  ,
  ,
  hop = "",
  metric = "",
  ,
  ,
  flags = "",
  name = "",
]: string[]): DefaultRoute[] {
  if (!/^0{32}$/.test(destination) || length !== "00" || !usable(flags)) return [];
  const route = { interface: name, metric: Number.parseInt(metric, 16) };
  if (/^0*$/.test(hop)) return [route];
  const address = new URL(`http://[${hop.match(/.{4}/g)?.join(":")}]`).hostname.slice(1, -1);
  // A link-local address means nothing without its link.
  return [{ ...route, gateway: /^fe[89ab]/.test(address) ? `${address}%${name}` : address }];
}

const usable = (flags: string): boolean => (Number.parseInt(flags, 16) & (RTF_UP | RTF_REJECT)) === RTF_UP;
