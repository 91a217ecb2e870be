import type { TestTerminal } from "./terminal.ts";

/** How many bytes a second a program writes to its terminal, over so many milliseconds from now. */
export async function bytesPerSecond(terminal: TestTerminal, spanMs: number): Promise<number> {
  const bytes = (): number => Buffer.byteLength(terminal.output());
  const from = { bytes: bytes(), at: performance.now() };
  await new Promise((resolve) => setTimeout(resolve, spanMs));
  return ((bytes() - from.bytes) * 1_000) / (performance.now() - from.at);
}
