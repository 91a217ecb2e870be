/** What a daemon or agent tells the `sentinel up` that started it. */
export type ChildMessage = { kind: "ready"; url: string } | { kind: "failed"; message: string };

export const isChildMessage = (message: unknown): message is ChildMessage =>
  typeof message === "object" &&
  message !== null &&
  "kind" in message &&
  (message.kind === "ready" || message.kind === "failed");

/** Says something to the process that started this one, if it listens; its absence is no error. */
export function tellParent(message: ChildMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/**
 * Resolves when this process is to end. On its own that is any of the usual signals. As a child of `sentinel up` it is
 * SIGTERM, or the parent's death, which closes the channel; a Ctrl-C or a closed terminal reaches the whole group, and
 * what follows from it is the parent's to decide.
 */
export function untilEnd(isChild: boolean): Promise<NodeJS.Signals | "parent-gone"> {
  return new Promise((resolve) => {
    process.on("SIGTERM", () => resolve("SIGTERM"));
    for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => isChild || resolve(signal));
    if (!isChild) return;
    process.on("disconnect", () => resolve("parent-gone"));
    if (!process.connected) resolve("parent-gone");
  });
}
