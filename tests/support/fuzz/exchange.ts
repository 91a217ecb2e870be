import { connect } from "node:net";

/** All that came back on one connection, and how that ended. */
export interface Exchange {
  answer: Buffer;
  end: "closed" | "reset" | "hung";
}

/** After so long without a word the other side may well wait for more: it gets our end. */
const QUIET_MS = 60;

/**
 * Sends bytes on a connection of its own and waits for the other's end; when nothing comes any more, it ends its own
 * side, and so it does once it reads `last`. `from` is the address of this machine that it comes from, so that no limit for one address gets in the way.
 */
export function exchange(
  port: number,
  { bytes, last }: { bytes: Buffer; last?: string },
  from: string,
  limitMs: number,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    const timer = setTimeout(() => done("hung"), limitMs);
    let quiet = setTimeout(() => socket.end(), QUIET_MS);
    function done(end: Exchange["end"]): void {
      clearTimeout(timer);
      clearTimeout(quiet);
      socket.destroy();
      resolve({ answer: Buffer.concat(heard), end });
    }
    socket.on("data", (chunk) => {
      heard.push(chunk);
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.end(), last !== undefined && chunk.includes(last) ? 0 : QUIET_MS);
    });
    socket.once("error", () => done("reset"));
    socket.once("close", () => done("closed"));
    socket.write(bytes);
  });
}

/** The statuses of the answers in what came back; a body with such a line in it is none of ours. */
export const statusesOf = (answer: Buffer): string[] =>
  [...answer.toString("latin1").matchAll(/HTTP\/1\.1 (\d{3}) [^\r]*\r\n/g)].map((match) => match[1] ?? "");

interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

/** The frames behind the answer to an upgrade, as far as they are whole (RFC 6455, 5.2; a server's have no mask). */
export function framesOf(answer: Buffer): ServerFrame[] {
  const frames: ServerFrame[] = [];
  let at = answer.indexOf("\r\n\r\n") + 4;
  while (at >= 4 && at + 2 <= answer.length) {
    const opcode = (answer[at] ?? 0) & 15;
    const short = (answer[at + 1] ?? 0) & 127;
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
    if (start > answer.length) break;
    const length =
      short === 126 ? answer.readUInt16BE(at + 2) : short === 127 ? Number(answer.readBigUInt64BE(at + 2)) : short;
    if (start + length > answer.length) break;
    frames.push({ opcode, payload: answer.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}
