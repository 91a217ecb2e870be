/** The terminal's stream, with the private handle that Node keeps for it. */
export type TerminalStream = NodeJS.WriteStream & { _handle?: { setBlocking?: (blocking: boolean) => void } | null };

/**
 * Lets writes to a terminal that doesn't read (Ctrl-S, a dead SSH line) pile up in the stream instead of blocking the
 * process. Returns the way back, needed before the end so that the restoring codes are flushed.
 */
export function unblock(stdout: TerminalStream): () => void {
  const set = (blocking: boolean): void => {
    try {
      stdout._handle?.setBlocking?.(blocking);
    } catch {
      // A private API that isn't there: the console is only less patient.
    }
  };
  set(false);
  return () => set(true);
}
