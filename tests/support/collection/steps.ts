import type { LogWriter } from "./log-writer.ts";

interface Around {
  seed: number;
  collect(): Promise<void>;
  /** What goes on between the parts of a step that takes time. */
  meanwhile(): Promise<void>;
}

/** One step after the other in a log's life, at random. */
export function createSteps(writer: LogWriter, random: () => number, { seed, collect, meanwhile }: Around) {
  async function rotateOften(): Promise<void> {
    for (let i = 1 + Math.floor(random() * 4); i > 0; i--) {
      writer.write();
      writer.rename();
      if (random() < 0.4) await writer.gzip(meanwhile);
    }
  }

  type Step = [weight: number, run: () => void | Promise<void>];
  const harmless: Step[] = [
    [40, () => writer.write()],
    [40, collect],
    [8, () => writer.rename()],
    [4, () => writer.reopen()],
    [6, () => writer.gzip(meanwhile)],
    [2, () => writer.crash()],
    [3, rotateOften],
  ];
  const harmful: Step[] = [
    [5, () => writer.copyTruncate(meanwhile)],
    [1, () => writer.cut()],
    [1, () => writer.delete()],
  ];
  // Every other run has no step that can lose a line: there no gap may be told.
  const steps = seed % 2 === 0 ? harmless : [...harmless, ...harmful];
  const total = steps.reduce((sum, [weight]) => sum + weight, 0);
  return async () => {
    let at = random() * total;
    await steps.find(([weight]) => (at -= weight) < 0)?.[1]();
  };
}
