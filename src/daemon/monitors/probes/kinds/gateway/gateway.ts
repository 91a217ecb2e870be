import { readFile } from "node:fs/promises";
import { z } from "zod";
import { defineKind } from "../../define-kind.ts";
import { program } from "../../program.ts";
import { ping } from "../icmp/ping.ts";
import { packetsSchema } from "../icmp/icmp.ts";
import { type DefaultRoute, defaultRoute } from "./routes.ts";

/** What the kernel knows of its neighbourhood; tests hand in their own. */
export interface Neighbourhood {
  /** The text of `/proc/net/route` or `/proc/net/ipv6_route`; empty if there is none. */
  routes(table: "route" | "ipv6_route"): Promise<string>;
  /** The line of `ip neigh` about an address; empty if there is none. */
  neighbour(address: string, device: string, signal: AbortSignal): Promise<string>;
}

const kernel: Neighbourhood = {
  // IPv6 may be switched off, and then its file isn't there.
  routes: (table) =>
    readFile(`/proc/net/${table}`, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    }),
  neighbour: async (address, device, signal) =>
    (await program(["ip", "neigh", "show", "to", address, "dev", device], signal)).stdout,
};

const options = z.strictObject({ packets: packetsSchema });

/** Is the first step out of here there? Which it is, the routing table says anew each time. */
export const createGateway = ({ routes, neighbour }: Neighbourhood = kernel, command?: readonly string[]) =>
  defineKind({
    options,
    title: () => "Gateway",
    async ask({ packets }, asking) {
      const route = defaultRoute(await routes("route"), await routes("ipv6_route"));
      if (!route) return { ok: false, reason: "no default route" };
      if (route.gateway === undefined)
        return { ok: true, reason: `none needed: ${route.interface} leads straight out` };
      const { gateway } = route;
      // What is left of the time is for the neighbour table.
      const timeoutMs = Math.ceil(asking.timeoutMs * 0.7);
      const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(timeoutMs)]);
      const echoed = await ping(gateway, packets, { ...asking, timeoutMs, signal }, command);
      const reason = `${nameOf(route)}: ${echoed.reason}`;
      if (echoed.ok || asking.signal.aborted) return { ...echoed, reason };
      // It was sent packets just now: reachable means that it has answered for its address in the last half minute.
      const line = await neighbour(gateway.replace(/%.*/, ""), route.interface, asking.signal);
      if (!/\bREACHABLE\b/.test(line)) return { ...echoed, reason };
      return { ok: true, reason: `${nameOf(route)}: doesn't answer pings, but the neighbour table says it is there` };
    },
  });

const nameOf = ({ gateway, interface: device }: DefaultRoute): string =>
  `${gateway} (${device})`.replace(`%${device}`, "");

export const gateway = createGateway();
