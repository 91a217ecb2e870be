import { cleanText } from "../../shared/text.ts";
import { SECOND } from "../../shared/time.ts";
import { CliFailure, statuses } from "../failure.ts";
import type { Answers } from "./answers.ts";

const patienceMs = 10 * SECOND;

/** Asks the server which models it has, which costs nothing. Returns what to tell; throws what is wrong. */
export async function tryModel({ url, name, key }: NonNullable<Answers["model"]>): Promise<string> {
  const failure = (message: string, cause?: unknown): CliFailure =>
    new CliFailure(statuses.failed, `the model at ${shown(url)} ${message}`, { cause });
  const answer = await fetch(`${url.replace(/\/+$/, "")}/models`, {
    ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
    redirect: "manual",
    signal: AbortSignal.timeout(patienceMs),
  }).catch((error: unknown) => {
    throw failure("can't be reached: check --model-url, or leave it out and set it later", error);
  });
  if (answer.status === 401 || answer.status === 403) throw failure("doesn't take the key: check --model-key-file");
  // Not all servers list theirs.
  if (answer.status === 404 || answer.status === 405) return `${shown(url)} answers; it doesn't list its models`;
  const known = answer.ok ? idsIn(await answer.json().catch(() => undefined)) : undefined;
  if (!known) throw failure(`answers ${answer.status} in a way that no model does: is it the part before /chat?`);
  if (!known.includes(name)) throw failure(`doesn't know ${name}: check --model-name. It has ${few(known)}.`);
  return `${shown(url)} has ${name}`;
}

const shown = (url: string): string => new URL(url).origin;

const few = (names: readonly string[]): string =>
  names.length === 0 ? "none" : names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");

/** The names in OpenAI's list of models. */
function idsIn(list: unknown): string[] | undefined {
  const data = (list as { data?: unknown } | undefined)?.data;
  if (!Array.isArray(data)) return undefined;
  return data.flatMap((one: unknown) => {
    const id = (one as { id?: unknown } | null)?.id;
    return typeof id === "string" ? [cleanText(id)] : [];
  });
}
