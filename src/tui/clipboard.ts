import type { Multiplexer } from "./bootstrap.ts";
import { passThrough } from "./osc.ts";

/** What xterm takes of OSC 52, 100,000 bytes with its frame, is as many of text in base64. */
export const CLIPBOARD_BYTES = 74_994;

/**
 * The sequence that puts a text into the clipboard of the terminal that the person sits at (xterm's OSC 52), past tmux
 * or GNU screen; undefined if it is more than terminals take. No terminal says whether it did.
 */
export function clipboardSequence(text: string, multiplexer: Multiplexer | undefined): string | undefined {
  const bytes = Buffer.from(text);
  if (bytes.length > CLIPBOARD_BYTES) return undefined;
  const sequence = `\u001b]52;c;${bytes.toString("base64")}\u0007`;
  // tmux takes it itself if `set-clipboard` is on, and passes on what is wrapped if `allow-passthrough` is.
  return (multiplexer === "tmux" ? sequence : "") + passThrough(sequence, multiplexer);
}

const sayBytes = (bytes: number): string => (bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`);

/** What can be said of it honestly: that it was sent, and what it takes to arrive. */
export function sayCopied(what: string, text: string, multiplexer: Multiplexer | undefined): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > CLIPBOARD_BYTES)
    return `${what}: ${sayBytes(bytes)} are more than a terminal's clipboard takes (75 kB); W writes them to a file`;
  const sent = `${what} sent to your terminal's clipboard (${sayBytes(bytes)})`;
  if (multiplexer === "tmux") return `${sent}; tmux lets it through with \`set -g set-clipboard on\``;
  if (multiplexer === "screen") return `${sent}, past screen; if nothing came, the terminal doesn't take OSC 52`;
  return `${sent}; if nothing came, it doesn't take OSC 52`;
}
