import type { ClientChannel } from "ssh2";
import type { Ended } from "../sources/source.ts";
import { type Connection, cutFault } from "./connection.ts";
import { SshFault } from "./fault.ts";
import { createPace } from "./rate.ts";
import { within, type Wait } from "./steps.ts";

const stderrLimit = 4_096;

/**
 * Runs a line of shell on the server, and hands on what it prints; once `onOutput` says false it is left alone. A
 * connection that ends before the command does is a fault, as is a command that says nothing for a minute.
 */
export function runLine(
  connection: Connection,
  line: string,
  onOutput: (chunk: Uint8Array) => boolean,
  wait: Wait,
): Promise<Ended> {
  return connection.exec(line, wait, async (channel) => {
    const stderr = firstOf(channel);
    const closed = new Promise<number | null | undefined>((resolve) => channel.once("close", resolve));
    const pace = createPace(wait);
    const chunks = channel[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    for (;;) {
      const { value, done } = await within("read", connection.name, chunks.next(), wait);
      if (done) break;
      if (!onOutput(value)) {
        channel.signal("TERM");
        return { status: undefined, stderr: stderr() };
      }
      await pace(value.length);
    }
    const status = await within("read", connection.name, closed, wait);
    if (connection.lost) throw cutFault("read", connection.name);
    if (status === undefined) {
      throw new SshFault(
        "read",
        "cut",
        `${connection.name} ended the command without saying how: it is asked anew the next time`,
      );
    }
    return { status: status ?? undefined, stderr: stderr() };
  });
}

/** The beginning of what a command complains of; the rest is read as well, or it would wait for us. */
function firstOf({ stderr }: ClientChannel): () => string {
  const kept: Uint8Array[] = [];
  let size = 0;
  stderr.on("data", (chunk: Uint8Array) => {
    if (size >= stderrLimit) return;
    kept.push(chunk.subarray(0, stderrLimit - size));
    size += chunk.length;
  });
  return () => Buffer.concat(kept).toString();
}
