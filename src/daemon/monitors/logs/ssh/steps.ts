import { formatDuration, SECOND, type Clock } from "../../../../shared/time.ts";
import type { Step } from "../sources/source.ts";
import { SshFault } from "./fault.ts";

/** How long each step may take without getting on; of reading, how long nothing may come. */
export const stepLimitsMs: Readonly<Record<Step, number>> = {
  resolve: 10 * SECOND,
  connect: 15 * SECOND,
  handshake: 15 * SECOND,
  "host-key": 10 * SECOND,
  authenticate: 20 * SECOND,
  channel: 15 * SECOND,
  open: 15 * SECOND,
  read: 60 * SECOND,
  limit: 10 * SECOND,
};

const advice: Partial<Record<Step, string>> = {
  resolve: "see whether this machine's resolver answers",
  connect: "see whether the host is on, and whether a firewall lets this machine in",
  handshake: "something takes connections there and doesn't speak SSH; see whether the port is right",
  authenticate: "see what the server's own log says (a slow PAM module or a lookup of our name)",
  channel: "see whether the server has sessions left (MaxSessions)",
  read: "see whether the host is overloaded, or its disk hangs",
};

/** How anything here is waited for. */
export interface Wait {
  clock: Clock;
  signal: AbortSignal;
}

/** Waits for `work`, no longer than the step may take and until somebody calls it off; then an `SshFault` is thrown. */
export async function within<T>(step: Step, who: string, work: Promise<T>, { clock, signal }: Wait): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const stop = (): void => ended.reject(new SshFault(step, "stopped", `${who}: stopped`));
  const cancel = clock.after(stepLimitsMs[step], () => {
    const hint = advice[step];
    const late = `${who}: no answer within ${formatDuration(stepLimitsMs[step])}${hint ? `; ${hint}` : ""}`;
    ended.reject(new SshFault(step, "timed-out", late));
  });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
    // Whatever comes of it now, nobody waits for it.
    work.catch(() => {});
  }
}
