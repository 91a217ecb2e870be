import { onTestFinished } from "vitest";
import { createFakeClock } from "../../../../../tests/support/fake-clock.ts";
import { createConnections } from "./connections.ts";
import type { OwnCredentials } from "./credentials.ts";
import { SshFault } from "./fault.ts";
import type { HostKeys } from "./host-key.ts";
import { runLine } from "./run.ts";
import type { Lookup } from "./socket.ts";
import type { SshTarget } from "./target.ts";

/** The daemon's connections, with the keys of servers in a map. */
export function connecting(own: OwnCredentials = {}, lookup?: Lookup, pin?: HostKeys["pin"]) {
  const time = createFakeClock();
  const waits: number[] = [];
  const clock = { ...time, after: (ms: number, run: () => void) => (waits.push(ms), time.after(ms, run)) };
  const pins = new Map<string, string>();
  const refused = new Map<string, string>();
  const connections = createConnections({
    clock,
    own,
    ...(lookup ? { lookup } : {}),
    hostKeys: {
      pinned: (server) => pins.get(server),
      pin: pin ?? (async (server, seen) => void pins.set(server, seen)),
      refused: (server, seen) => void refused.set(server, seen),
    },
  });
  onTestFinished(() => connections.close());
  const { signal } = new AbortController();
  const lease = (target: SshTarget) => connections.lease({ target, host: "web01", signal });
  return {
    clock,
    /** How long whatever was waited for might have taken, the latest last. */
    waits,
    pins,
    refused,
    connections,
    signal,
    lease,
    /** What a line of shell says there. */
    async said(target: SshTarget, line: string): Promise<string> {
      const { connection, release } = await lease(target);
      const chunks: Uint8Array[] = [];
      await runLine(connection, line, (chunk) => chunks.push(chunk) > 0, { clock, signal }).finally(release);
      return Buffer.concat(chunks).toString();
    },
    async fault(target: SshTarget): Promise<SshFault> {
      try {
        (await lease(target)).release();
      } catch (error) {
        if (error instanceof SshFault) return error;
        throw error;
      }
      throw new Error("it is connected");
    },
  };
}
