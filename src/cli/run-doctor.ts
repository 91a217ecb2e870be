import { randomUUID } from "node:crypto";
import { examine } from "../daemon/upkeep/doctor.ts";
import { dataFolder } from "./connect.ts";
import type { Context } from "./context.ts";
import type { DoctorFlags } from "./doctor.ts";
import { statuses } from "./failure.ts";
import { assertData, assertOwner, onFolder } from "./folder-work.ts";

/** A line for each check; the status is for scripts. */
export async function runDoctor(flags: DoctorFlags, { env, clock, print, endWith }: Context): Promise<void> {
  const folder = dataFolder(flags, env);
  assertData(folder);
  assertOwner(folder);
  const found = await onFolder(() =>
    examine({ folder, now: clock.now(), repair: flags.repair === true, newInstance: randomUUID }),
  );
  print(
    flags.json
      ? JSON.stringify({ items: found }, null, 2)
      : found.map(({ check, result, detail }) => `${result.padEnd(8)}  ${check}: ${detail}`).join("\n"),
  );
  if (found.some(({ result }) => result === "problem")) endWith(statuses.failed);
}
