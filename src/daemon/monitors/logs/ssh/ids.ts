import type { ClientChannel } from "ssh2";
import { SECOND } from "../../../../shared/time.ts";
import type { Connection } from "./connection.ts";
import { SshFault } from "./fault.ts";
import { shellLine } from "./shell-words.ts";
import { within, type Wait } from "./steps.ts";

/** Device, inode and birth of what is at a path, links followed; undefined if nothing is, or it can't be known. */
export type IdOf = (path: string) => Promise<string | undefined>;

const unknown: IdOf = async () => undefined;

/** How long the greeting may take: who serves SFTP alone mostly says so, but may be silent. */
const greetingMs = 2 * SECOND;
const greeting = "sentinel";
/** No answer is longer, in characters or lines. */
const longest = 10_000;

/**
 * Takes a count and so many paths, a line each, and answers with a line for each that is there, and an empty one. GNU
 * and BusyBox have `stat -c`, the BSDs `stat -f`.
 */
const script = [
  "how=-Lf; what='%d:%i:%B %N'",
  "stat -Lc %i / >/dev/null 2>&1 && how=-Lc && what='%d:%i:%w %n'",
  `echo ${greeting}; echo`,
  "while read -r count; do set --",
  'while [ "$count" -gt 0 ]; do IFS= read -r path; set -- "$@" "$path"; count=$((count - 1)); done',
  'stat $how "$what" -- "$@" 2>/dev/null; echo; done',
].join("; ");

/**
 * SFTP says nothing of inodes, so they are asked for by a shell, where the account has one; where not, a file is known
 * again by its content alone. One shell answers for all paths, which it reads from its input: none is part of a command.
 */
export async function withIds<T>(connection: Connection, wait: Wait, use: (idOf: IdOf) => Promise<T>): Promise<T> {
  let isInUse = false;
  const begin = async (channel: ClientChannel): Promise<T> => {
    const { idOf, greeted } = converse(channel, connection.name, wait);
    const cancel = wait.clock.after(greetingMs, () => channel.close());
    const isAnswering = await greeted.finally(cancel);
    isInUse = true;
    return use(isAnswering ? idOf : unknown);
  };
  try {
    return await connection.exec(shellLine(["sh", "-c", script]), wait, begin);
  } catch (error) {
    const isRefused = error instanceof SshFault && error.reason === "not-offered";
    if (isInUse || !isRefused) throw error;
    return use(unknown);
  }
}

/** Whoever asks while nothing was sent yet asks together: one process answers them all. */
function converse(channel: ClientChannel, name: string, wait: Wait): { idOf: IdOf; greeted: Promise<boolean> } {
  const greeted = Promise.withResolvers<boolean>();
  type Tell = (answer: readonly string[]) => void;
  /** Those who wait for an answer, in the order in which they asked. */
  const asking: Tell[] = [([first]) => greeted.resolve(first === greeting)];
  let answer: string[] = [];
  let rest = "";
  let isOver = false;
  channel.stderr.resume();
  channel
    .on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("latin1")).split("\n");
      rest = (lines.pop() ?? "").slice(0, longest);
      for (const line of lines) {
        if (line !== "") answer = [...answer, line].slice(0, longest);
        else {
          asking.shift()?.(answer);
          answer = [];
        }
      }
    })
    .on("close", () => {
      isOver = true;
      for (const tell of asking.splice(0)) tell([]);
    });

  let together: { paths: string[]; answer: Promise<readonly string[]> } | undefined;
  function ask(path: string): Promise<readonly string[]> {
    if (together) together.paths.push(path);
    else {
      const paths = [path];
      together = { paths, answer: within("read", name, new Promise(send), wait) };
      function send(tell: Tell): void {
        queueMicrotask(() => {
          together = undefined;
          asking.push(tell);
          channel.write(`${[paths.length, ...paths].join("\n")}\n`);
        });
      }
    }
    return together.answer;
  }

  const idOf: IdOf = async (path) => {
    if (isOver || /[\0\n]/.test(path)) return undefined;
    const end = ` ${Buffer.from(path).toString("latin1")}`;
    const line = (await ask(path)).find((one) => one.endsWith(end));
    const id = line?.slice(0, -end.length) ?? "";
    return /^\d{1,20}:\d{1,20}:[\w.: +?-]{0,50}$/.test(id) ? id : undefined;
  };
  return { idOf, greeted: greeted.promise };
}
