import { copyFile, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { backUpFolder } from "../daemon/upkeep/backups.ts";
import type { Result } from "../shared/api/registry.ts";
import { HOUR } from "../shared/time.ts";
import type { BackupFlags } from "./backup.ts";
import { explain, openSocket } from "./call.ts";
import { dataFolder, findDaemon } from "./connect.ts";
import type { Context } from "./context.ts";
import { CliFailure, failureOf, statuses } from "./failure.ts";
import { assertData, assertOwner, isHeld, onFolder } from "./folder-work.ts";
import { version } from "./installation.ts";
import { readPassphrase } from "./passphrase.ts";

type Made = Result<"backup.make">;

/** The daemon makes it, if one runs on the folder: it alone knows how much of the journal is safe. */
export async function runBackup(flags: BackupFlags, { env, clock, print, warn }: Context): Promise<void> {
  const passphrase = readPassphrase(flags["passphrase-file"], env);
  const folder = dataFolder(flags, env);
  const isOurs = flags.url === undefined && env.url === undefined;
  const made = (isOurs && (await withoutDaemon())) || (await askDaemon());
  const file = flags.to === undefined ? made.path : await move(made.path, path.resolve(flags.to));
  if (flags.json) return print(JSON.stringify({ ...made, path: file }, null, 2));
  print(`${file}: revision ${made.rev}, ${(made.sizeBytes / 1e6).toFixed(1)} MB, secrets ${made.secrets}`);
  if (made.secrets === "left out")
    warn("sentinel: webhook addresses and other secrets aren't in it; give --passphrase-file to have them encrypted");

  /** Undefined when a daemon holds the folder. */
  async function withoutDaemon(): Promise<Made | undefined> {
    assertData(folder);
    assertOwner(folder);
    return onFolder(() =>
      backUpFolder({ folder, clock, version: version(), passphrase }).catch((error: unknown) => {
        if (isHeld(error)) return undefined;
        throw error;
      }),
    );
  }

  async function askDaemon(): Promise<Made> {
    const target = findDaemon(flags, env);
    const socket = openSocket(target);
    try {
      const answer = await socket.command("backup.make", passphrase === undefined ? {} : { passphrase }, {
        timeoutMs: HOUR,
      });
      if (answer.ok) return answer.value;
      throw failureOf(explain(answer, target));
    } finally {
      socket.close();
    }
  }
}

/** To another disk too: there it is whole and safe, or not at all. */
async function move(from: string, to: string): Promise<string> {
  try {
    await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EXDEV") throw error;
      await copyFile(from, `${to}.part`);
      const file = await open(`${to}.part`, "r+");
      await file.sync().finally(() => file.close());
      await rename(`${to}.part`, to);
      await rm(from);
    });
  } catch (cause) {
    await rm(`${to}.part`, { force: true });
    const message = `the backup was made, as ${from}, but can't be moved to ${to} (${(cause as NodeJS.ErrnoException).code})`;
    throw new CliFailure(statuses.failed, message, { cause });
  }
  return to;
}
