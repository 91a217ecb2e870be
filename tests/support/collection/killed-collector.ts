import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { collectLocally } from "./keeper.ts";

/**
 * Collects a log until there is a file `<commits>.ended`, and appends each commit to a file: cursor and lines on one
 * line. It is killed (by itself, so that it is no matter of luck) before a commit, or in the middle of writing one.
 */
const [log = "", commits = ""] = process.argv.slice(2);
const KILLS = 0.15;

function lastCursor(): unknown {
  if (!existsSync(commits)) return undefined;
  const text = readFileSync(commits, "utf8");
  const whole = text.lastIndexOf("\n") + 1;
  truncateSync(commits, Buffer.byteLength(text.slice(0, whole)));
  const last = text.slice(0, whole).trimEnd().split("\n").at(-1);
  return last ? (JSON.parse(last) as { cursor: unknown }).cursor : undefined;
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

let cursor = lastCursor();
for (;;) {
  const isEnded = existsSync(`${commits}.ended`);
  const limits = { bytes: 1 + Math.random() * 40_000, lines: 1 + Math.floor(Math.random() * 60), ms: 60_000 };
  const { lines, gaps, more, ...collected } = await collectLocally(log, { cursor, limits });
  const commit = `${JSON.stringify({ cursor: collected.cursor, lines, gaps })}\n`;
  if (lines.length > 0 && Math.random() < KILLS) {
    appendFileSync(commits, commit.slice(0, Math.random() * commit.length));
    die();
  }
  appendFileSync(commits, commit);
  ({ cursor } = collected);
  if (isEnded && !more) process.exit(0);
  await pause(Math.random() * 10);
}
