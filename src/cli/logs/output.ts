import type { Writable } from "node:stream";

export interface Output {
  line(text: string): void;
  /** Waits until the reader has taken every line so far. */
  room(): Promise<void>;
}

/** Many lines for a pipe, which may be slow: they are written together, and only so many are held. */
export function createOutput(stream: Writable): Output {
  let held = "";
  return {
    line: (text) => void (held += `${text}\n`),
    async room() {
      const text = held;
      held = "";
      if (text !== "") await new Promise<void>((resolve) => stream.write(text, () => resolve()));
    },
  };
}
