import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";

/** A pipe whose one end goes to a child while the other is read here. */
export interface PipePair {
  fd: number;
  source: Readable;
}

/** POSIX has the program; Node hasn't the call. */
const program = "mkfifo";

function open(fifo: string): PipePair {
  // Without blocking, and the reader first: each end would wait for the other.
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(fifo, constants.O_WRONLY);
  return { fd, source: new Socket({ fd: reader, readable: true, writable: false }) };
}

/**
 * Real pipes. Node's own "pipe" is a socket, and a script's `echo … >/dev/stderr` fails on one (ENXIO, open(2)).
 * Undefined where there is no `mkfifo`, or no room for one.
 */
export function openPipes(count: number): PipePair[] | undefined {
  let folder: string | undefined;
  try {
    const made = mkdtempSync(path.join(os.tmpdir(), "sentinel-run-"));
    folder = made;
    const fifos = Array.from({ length: count }, (_, index) => path.join(made, String(index)));
    const { status } = spawnSync(program, ["-m", "600", ...fifos], { stdio: "ignore" });
    return status === 0 ? fifos.map(open) : undefined;
  } catch {
    // A job must run on a machine whose disk is full, too.
    return undefined;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Closes the ends that only the child needs, so that its end is seen here. */
export const handOver = (pairs: readonly PipePair[] | undefined): void => {
  for (const { fd } of pairs ?? []) closeSync(fd);
};
