import { isIP, isIPv6 } from "node:net";
import type { Socket } from "node:net";
import { z } from "zod";
import type { Asking } from "./define-kind.ts";

const label = String.raw`[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?`;
const name = new RegExp(String.raw`^(?=.{1,253}$)${label}(\.${label})*\.?$`);

/** A name for DNS. It never begins with a dash, so that it can't be taken for a program's option. */
export const nameSchema = z.string().regex(name, "a name looks like web01.example.org");

/** Whom to ask. */
export const hostSchema = z
  .string()
  .refine((text) => isIP(text) !== 0 || name.test(text), "a host is a name or an IP address, without its port");

export const portSchema = z.number().int().min(1).max(65_535);

/** A host and its port as people write them. */
export const hostAndPort = (host: string, port: number): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

/** How anything connects: all addresses of a name are tried, each for a time that a slow line keeps to as well. */
export const connecting = ({ timeoutMs }: { timeoutMs: number }) => ({
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: Math.max(250, Math.ceil(timeoutMs / 4)),
});

/** Keeps up what is being waited for until there is a connection. */
export function noteSteps(socket: Socket, host: string, asking: Asking): void {
  asking.doing = isIP(host.replace(/^\[|\]$/g, "")) === 0 ? "while looking up its name" : "while connecting";
  socket.once("lookup", () => (asking.doing = "while connecting"));
}
