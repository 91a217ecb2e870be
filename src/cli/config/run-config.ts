import { readFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import type { CommandSpec } from "../../shared/api/command.ts";
import { configApply, configPlan, DOCUMENT_BYTES } from "../../shared/api/document.ts";
import type { PlanItem } from "../../shared/api/document.ts";
import { postCommand } from "../../shared/client/rest.ts";
import { MINUTE } from "../../shared/time.ts";
import type { ConfigFlags } from "../config.ts";
import { explain } from "../call.ts";
import { findDaemon } from "../connect.ts";
import type { Context } from "../context.ts";
import { CliFailure, failureOf, statuses } from "../failure.ts";
import { readDocument } from "./document.ts";
import { sayCount, sayHostSecrets, sayPlan, sectionOf } from "./say.ts";
import { secretChecker, secretReader } from "./secrets.ts";

/** Of `sentinel config plan --exit-code`: 1 is a failure already, and 2 bad usage. */
const DIFFERENT = 3;
const TIMEOUT_MS = 2 * MINUTE;

function readText(file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    if (Buffer.byteLength(text) <= DOCUMENT_BYTES) return text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new CliFailure(statuses.config, `can't read ${file}: ${code}`, { cause: error });
  }
  throw new CliFailure(statuses.config, `${file} is larger than ${DOCUMENT_BYTES / 1024 / 1024} MiB`);
}

/** Checks a file by itself. */
export async function check({ file, json }: ConfigFlags, { print, warn }: Context): Promise<void> {
  const { read, literal } = secretChecker();
  const { document } = readDocument(file, readText(file), read);
  for (const place of literal)
    warn(`${file}: ${place} is in the file itself; {env: NAME} or {file: path} would keep it out`);
  const counts = (Object.keys(sectionOf) as PlanItem["kind"][]).flatMap((kind) => {
    const section = document[sectionOf[kind]];
    return section ? [[kind, Object.keys(section).length] as const] : [];
  });
  if (json) return print(JSON.stringify(Object.fromEntries(counts.map(([kind, count]) => [sectionOf[kind], count]))));
  print(
    `${file} is well formed: ${counts.map(([kind, count]) => sayCount(kind, count)).join(", ") || "it says nothing"}`,
  );
}

/** Sends a file's document to the daemon; what it refuses is said by the file's lines. */
async function send<Result extends z.ZodType>(
  spec: CommandSpec<z.ZodType, Result>,
  { prune = false, ...flags }: ConfigFlags,
  { env, warn }: Context,
): Promise<z.output<Result>> {
  const readSecret = secretReader(env.variables, path.dirname(flags.file));
  const { document, explain: explainFile } = readDocument(flags.file, readText(flags.file), readSecret);
  const target = findDaemon(flags, env);
  const answer = await postCommand(spec, { ...document, prune }, { ...target, timeoutMs: TIMEOUT_MS });
  if (answer.ok) return answer.value;
  if (spec.effect === "write" && !answer.unreached) warn("Nothing was changed.");
  throw answer.code === "invalid" && answer.errors ? explainFile(answer.errors) : failureOf(explain(answer, target));
}

/** Shows what applying would change. */
export async function plan(flags: ConfigFlags, context: Context): Promise<void> {
  const value = await send(configPlan, flags, context);
  context.print(flags.json ? JSON.stringify(value, null, 2) : sayPlan(value, false));
  if (flags["exit-code"] && value.items.some(({ action }) => action !== "same")) context.endWith(DIFFERENT);
}

/** Applies a file: all of it, or nothing. */
export async function apply(flags: ConfigFlags, context: Context): Promise<void> {
  const value = await send(configApply, flags, context);
  if (flags.json) return context.print(JSON.stringify(value, null, 2));
  context.print(sayPlan(value, true));
  if (value.hosts.length > 0) context.print(`\n${sayHostSecrets(value.hosts)}`);
}
