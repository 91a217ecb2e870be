/** Node's private handle of a stream. */
interface Handle {
  setBlocking?(blocking: boolean): void;
}

/**
 * Lets writes to a terminal that doesn't read (Ctrl-S, a dead SSH line) pile up in the stream instead of blocking the
 * process. It stays so: what a reading terminal takes is written at once all the same, and making writes block again
 * would hang the way out of a stalled one.
 */
export function unblock(stdout: NodeJS.WriteStream): void {
  try {
    const { _handle: handle } = stdout as { _handle?: Handle | null };
    handle?.setBlocking?.(false);
  } catch {
    // A private API that isn't there: the console is only less patient.
  }
}
