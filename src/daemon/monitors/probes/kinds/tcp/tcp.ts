import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Asking, defineKind } from "../../define-kind.ts";
import type { Outcome } from "../../kind.ts";
import { connecting, hostAndPort, hostSchema, noteSteps, portSchema } from "../../target.ts";
import { brief } from "../../words.ts";

const options = z.strictObject({
  host: hostSchema,
  port: portSchema,
  /** Said once connected; then something must come back. */
  send: z.string().min(1).max(1_000).optional(),
  /** What must come, to the letter, before anything else. */
  expect: z.string().min(1).max(1_000).optional(),
  /** So many are opened at once, and the quickest counts; of several, the share is told whose first packet was lost. */
  connections: z.number().int().min(1).max(20).default(1),
});

/** Who is so much behind the quickest has lost its first packet: it is sent again after a second (RFC 6298, 2.1). */
const lateMs = 900;

/** Does a port take connections? A server that then says nothing is fine, unless `send` or `expect` wants words. */
export const tcp = defineKind({
  options,
  title: ({ host, port }) => `TCP ${hostAndPort(host, port)}`,
  async ask(given, asking) {
    const { send, expect, connections } = given;
    const sockets = Array.from({ length: connections }, () => open(given, asking));
    try {
      const connected = sockets.map(async (socket) => (await once(socket, "connect"), socket));
      const quickest = await Promise.any(connected);
      const latencyMs = asking.took();
      if (send === undefined && expect === undefined)
        return {
          ok: true,
          latencyMs,
          reason: "connected",
          ...(connections > 1 ? await lossOf(connected, asking) : {}),
        };
      asking.doing = "connected, waiting for an answer";
      if (send !== undefined) quickest.write(send);
      return { latencyMs: asking.took(), ...(await judge(quickest, expect)) };
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  },
});

function open({ host, port }: z.infer<typeof options>, asking: Asking): Socket {
  const socket = connect({ host, port, signal: asking.signal, ...connecting(asking) });
  socket.on("error", () => {});
  noteSteps(socket, host, asking);
  return socket;
}

/** Who isn't answered soon after the quickest, one way or the other, is lost. */
async function lossOf(connected: readonly Promise<Socket>[], { signal }: Asking): Promise<Partial<Outcome>> {
  const all = connected.length;
  let lost = all;
  const answered = connected.map((one) => one.then(() => lost--).catch(() => signal.aborted || lost--));
  const done = new AbortController();
  const late = sleep(lateMs, undefined, { signal: AbortSignal.any([signal, done.signal]) }).catch(() => {});
  await Promise.race([Promise.all(answered), late]);
  done.abort();
  const lossPercent = Math.round((lost / all) * 1_000) / 10;
  return { lossPercent, ...(lost > 0 ? { reason: `${lost} of ${all} first packets lost` } : {}) };
}

/** Reads as much as it takes to tell. A socket that is destroyed, by the time limit too, throws here. */
async function judge(socket: Socket, expected = ""): Promise<Outcome> {
  const wanted = Buffer.from(expected);
  let came = Buffer.alloc(0);
  for await (const chunk of socket) {
    came = Buffer.concat([came, chunk as Buffer]);
    const length = Math.min(came.length, wanted.length);
    if (!came.subarray(0, length).equals(wanted.subarray(0, length)))
      return { ok: false, reason: `an unexpected answer: ${brief(came.toString())}` };
    if (came.length >= wanted.length)
      return { ok: true, reason: wanted.length > 0 ? "answered as expected" : "answered" };
  }
  return { ok: false, reason: came.length > 0 ? `ended after ${brief(came.toString())}` : "ended without an answer" };
}
