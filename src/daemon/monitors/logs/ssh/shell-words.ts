import { SshFault } from "./fault.ts";

/** Nothing that we pass on is longer. */
const longest = 4_096;

/**
 * A command as a POSIX shell takes it apart again into exactly these words: SSH hands the server's shell one string
 * (RFC 4254, 6.5). A word stands in single quotes, within which nothing means anything but a quote (POSIX.1-2017,
 * 2.2.2). Throws an `SshFault` for what no word of ours is: one with a NUL or a line end, or too long.
 */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(" ");

function shellWord(word: string): string {
  // A shell that isn't POSIX's, as on some firewalls, may end a command at the line's end even within quotes.
  if (/[\0\r\n]/.test(word) || word.length > longest) {
    const what = `a part of a command has a line end or a NUL, or more than ${longest} characters: it isn't passed on`;
    throw new SshFault("open", "not-allowed", what);
  }
  return /^[A-Za-z0-9_/.,:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
