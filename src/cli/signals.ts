/**
 * Aborts on the first signal that asks this process to end, and swallows those that follow: a Ctrl-C in a terminal
 * arrives from the terminal, from npm and from a launcher, and what it starts takes a bounded time anyway.
 */
export function abortOnSignals(controller: AbortController): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort(signal));
}

/** The outcome of some work, or undefined as soon as it is given up. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const give = (): void => resolve(undefined);
  signal.addEventListener("abort", give, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", give));
}
