import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { clipboardSequence, sayCopied } from "./clipboard.ts";
import type { HandOver } from "./state/effects.ts";

const reasons: Record<string, string> = {
  EEXIST: "there is such a file already; give another name",
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EACCES: "it may not be written there",
  EPERM: "it may not be written there",
  EISDIR: "that is a folder: give a file's name",
  ENOSPC: "the disk is full",
  EROFS: "it can't be written there",
};

/** Writes a text to a file of its own, which nobody else may read; resolves with what came of it. */
export async function saveText(path: string, text: string): Promise<string> {
  const file = resolve(path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
  try {
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
    return `Written to ${file}`;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return `Not written: ${reasons[code] ?? (code || String(error))} (${file})`;
  }
}

/** Gives a text to the terminal's clipboard or to a file, and says what came of it. */
export const createHandOver =
  (terminal: { write(text: string): unknown }, around: Parameters<typeof clipboardSequence>[1], mayWrite = true) =>
  async (given: HandOver): Promise<string> => {
    if (given.type === "save")
      return mayWrite ? saveText(given.path, given.text) : "Not written: this console is confined; y copies";
    const sequence = clipboardSequence(given.text, around);
    // Straight to the terminal: it moves nothing on the screen.
    if (sequence !== undefined) terminal.write(sequence);
    return sayCopied(given.what, given.text, around);
  };
