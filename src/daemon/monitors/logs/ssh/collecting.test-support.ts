import type { Collected, Request, Source } from "../sources/source.ts";
import { connecting } from "./connecting.test-support.ts";
import { checkSource, type Checked } from "./check.ts";
import { stepLimitsMs } from "./steps.ts";
import type { SshTarget } from "./target.ts";

const limits = { bytes: 64_000_000, lines: 100_000, ms: 90_000 };

/** Collects from an SSH source again and again, with the cursor that the last collection gave. */
export function collecting<O extends SshTarget>(
  source: Source<O>,
  options: object,
  { commands = [], rig = connecting() }: { commands?: string[]; rig?: ReturnType<typeof connecting> } = {},
) {
  const { clock, connections, signal, waits } = rig;
  const request = {
    options: source.options.parse(options),
    limits,
    signal,
    clock,
    means: { ssh: { connections, host: "web01", commands } },
  };
  let cursor: unknown;
  return {
    clock,
    waits,
    /** How often something was waited for while reading. */
    reads: () => waits.filter((ms) => ms === stepLimitsMs.read).length,
    async collect(given: Partial<Request<O>> = {}): Promise<Omit<Collected, "cursor">> {
      const { cursor: next, ...collected } = await source.collect({ ...request, cursor, ...given });
      cursor = next === undefined ? undefined : JSON.parse(JSON.stringify(next));
      return collected;
    },
    check: (): Promise<Checked[]> => checkSource(source, request),
  };
}

/** What a collection brings when all is well. */
export const brings = (...lines: string[]) => ({ lines, gaps: [], more: false, faults: [] });
