import { PassThrough } from "node:stream";

export interface FakeTerminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** Everything that was written, or what was since it was forgotten. */
  output(): string;
  forget(): void;
  /** Waits until the output holds it. */
  written(text: string): Promise<void>;
  press(keys: string): void;
  resize(columns: number, rows: number): void;
}

/** Streams that pass for a terminal, for what must be mounted to be tested. */
export function createFakeTerminal(columns = 80, rows = 24): FakeTerminal {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
  });
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  let output = "";
  let wake = (): void => {};
  screen.on("data", (data) => {
    output += String(data);
    wake();
  });
  return {
    stdin: input as unknown as NodeJS.ReadStream,
    stdout: screen as unknown as NodeJS.WriteStream,
    output: () => output,
    forget: () => void (output = ""),
    async written(text) {
      while (!output.includes(text)) await new Promise<void>((resolve) => (wake = resolve));
    },
    press: (keys) => void input.write(keys),
    resize(toColumns, toRows) {
      Object.assign(screen, { columns: toColumns, rows: toRows });
      screen.emit("resize");
    },
  };
}
