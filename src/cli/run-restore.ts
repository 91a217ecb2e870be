import { randomUUID } from "node:crypto";
import path from "node:path";
import { prepareRestore, type ReadyRestore, type Target } from "../daemon/upkeep/restore.ts";
import { dataFolder } from "./connect.ts";
import type { Context } from "./context.ts";
import { CliFailure, statuses } from "./failure.ts";
import { assertOwner, onFolder } from "./folder-work.ts";
import { ask, isTerminal, readPassphrase } from "./passphrase.ts";
import type { RestoreFlags } from "./restore.ts";

/** Verifies first, says what will be, and asks before anything is touched. */
export async function runRestore(flags: RestoreFlags, { env, clock, print, endWith }: Context): Promise<void> {
  const target = targetOf(flags);
  const folder = dataFolder(flags, env);
  if (!flags.yes && !isTerminal())
    throw new CliFailure(statuses.usage, `this replaces the data in ${folder}: say --yes where no terminal can ask`);
  const known = readPassphrase(flags["passphrase-file"], env);
  assertOwner(folder);
  const ready = await onFolder(() =>
    prepareRestore({
      file: path.resolve(flags.file),
      folder,
      now: clock.now(),
      newInstance: randomUUID,
      target,
      passphrase: () => passphrase(),
    }),
  );
  if (!flags.yes && !(await confirmed(ready, folder, print))) {
    await ready.discard();
    print("Nothing was changed.");
    return endWith(statuses.failed);
  }
  await onFolder(ready.commit);
  const { commit: _commit, discard: _discard, ...done } = ready;
  print(flags.json ? JSON.stringify({ folder, ...done }, null, 2) : `Restored. ${describe(ready, folder)}`);

  async function passphrase(): Promise<string | undefined> {
    if (flags["without-secrets"]) return undefined;
    if (known !== undefined) return known;
    if (isTerminal()) return (await ask("Passphrase of the backup's secrets: ", { hidden: true })) || undefined;
    throw new CliFailure(
      statuses.usage,
      "the backup holds encrypted secrets: give --passphrase-file, or --without-secrets to leave them out",
    );
  }
}

async function confirmed(ready: ReadyRestore, folder: string, print: Context["print"]): Promise<boolean> {
  print(`The backup is whole. ${describe(ready, folder)}`);
  return /^y(es)?$/i.test((await ask("Restore it? [y/N] ")).trim());
}

const secretWords: Record<ReadyRestore["secrets"], string> = {
  restored: "Its secrets come along.",
  "left out": "The backup's secrets are left out; those of the folder stay.",
  "none in it": "The backup holds no secrets; those of the folder stay.",
};

function describe({ rev, at, hosts, aside, secrets }: ReadyRestore, folder: string): string {
  const when = at === undefined ? "" : ` of ${new Date(at).toISOString()}`;
  const replaced = aside === undefined ? "" : ` What is there now goes to ${aside}.`;
  return `${folder}: revision ${rev}${when}, ${hosts} hosts.${replaced} ${secretWords[secrets]}`;
}

function targetOf(flags: RestoreFlags): Target | undefined {
  const [rev, time] = [flags["to-revision"], flags["to-time"]];
  if (rev !== undefined) {
    if (/^[1-9]\d{0,14}$/.test(rev)) return { rev: Number(rev) };
    throw new CliFailure(statuses.usage, `--to-revision: "${rev}" is no revision, which is a whole number from 1 on`);
  }
  if (time === undefined) return undefined;
  const at = Date.parse(time);
  if (Number.isFinite(at)) return { at };
  throw new CliFailure(statuses.usage, `--to-time: "${time}" is no time: write it as 2026-11-23T08:00Z`);
}
