import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { z } from "zod";
import { defineKind } from "../../define-kind.ts";
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
});

/** Does a port take connections? A server that then says nothing is fine, unless `send` or `expect` wants words. */
export const tcp = defineKind({
  options,
  title: ({ host, port }) => `TCP ${hostAndPort(host, port)}`,
  async ask({ host, port, send, expect }, asking) {
    const socket = connect({ host, port, signal: asking.signal, ...connecting(asking) });
    socket.on("error", () => {});
    noteSteps(socket, host, asking);
    try {
      await once(socket, "connect");
      if (send === undefined && expect === undefined)
        return { ok: true, latencyMs: asking.took(), reason: "connected" };
      asking.doing = "connected, waiting for an answer";
      if (send !== undefined) socket.write(send);
      return { latencyMs: asking.took(), ...(await judge(socket, expect)) };
    } finally {
      socket.destroy();
    }
  },
});

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
