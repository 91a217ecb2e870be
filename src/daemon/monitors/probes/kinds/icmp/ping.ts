import { SECOND } from "../../../../../shared/time.ts";
import type { Asking } from "../../define-kind.ts";
import type { Outcome } from "../../kind.ts";
import { program } from "../../program.ts";
import { type Echoes, echoesOf } from "./echoes.ts";

/** Fewer packets say nothing of how many get lost. */
const enoughForLoss = 5;

/** Sends packets to a host through the machine's own ping, which may do what the daemon may not. */
export async function ping(
  host: string,
  packets: number,
  { signal, timeoutMs }: Asking,
  command: readonly string[] = ["ping"],
): Promise<Outcome> {
  // All are sent in half the time; older pings let nobody but root wait for less than 0.2 s.
  const pauseMs = Math.max(2, Math.min(200, Math.floor(timeoutMs / 2 / packets)));
  const args = ["-n", "-c", String(packets), "-i", String(pauseMs / SECOND), host];
  const said = await program([...command, ...args], signal);
  if (said.how === "missing")
    return { ok: false, reason: "there is no ping on this machine: install iputils-ping (Debian) or iputils" };
  if (said.how === "forbidden")
    return { ok: false, reason: "ping can't be run: it isn't executable for the daemon's user" };
  return outcomeOf(echoesOf(said, packets), timeoutMs);
}

function outcomeOf({ sent, timesMs, fault }: Echoes, timeoutMs: number): Outcome {
  const lost = sent - timesMs.length;
  const loss = sent >= enoughForLoss ? { lossPercent: Math.round((lost / sent) * 1_000) / 10 } : {};
  const latencyMs = median(timesMs);
  if (latencyMs === undefined)
    return { ok: false, reason: fault ?? `timed out after ${timeoutMs / SECOND} s`, ...loss };
  return { ok: true, latencyMs, reason: lost > 0 ? `${lost} of ${sent} packets lost` : "answered", ...loss };
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
