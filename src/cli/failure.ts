import type { Code, Refusal } from "../shared/errors.ts";
import { wordFor } from "./fields.ts";
import type { Field } from "./fields.ts";

/** What a shell sees; from 64 on as in sysexits.h. */
export const statuses = { done: 0, failed: 1, usage: 2, unavailable: 69, forbidden: 77, config: 78 } as const;
export type Status = (typeof statuses)[keyof typeof statuses];

const statusOf: Partial<Record<Code, Status>> = {
  invalid: statuses.usage,
  unauthorized: statuses.forbidden,
  forbidden: statuses.forbidden,
  unavailable: statuses.unavailable,
};

/** Ends a command with a sentence for a person and a status for a script. */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
  readonly status: Status;

  constructor(status: Status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Where a refusal points, as it is typed: `periodMs` is `--every`, `ids.0` is `<ids>`, `value.end` stays so. */
function placeOf(path: string, fields: readonly Field[]): string {
  const [name = "", ...inside] = path.split(".");
  const field = fields.find((one) => one.name === name);
  if (!field) return path;
  if (inside.length === 0 || field.schema.type === "array") return wordFor(field);
  return [field.positional ? field.name : wordFor(field), ...inside].join(".");
}

/** A message with the names of fields as they are typed: those that no prose has, such as `periodMs`. */
export const reworded = (message: string, fields: readonly Field[], say = wordFor): string =>
  message.replace(/\b[a-z]+[A-Z]\w*\b/g, (word) => {
    const field = fields.find(({ name }) => name === word);
    return field ? say(field) : word;
  });

/** The daemon's refusal as this program's own end, in the words in which the command's `fields` are typed. */
export function failureOf(refusal: Refusal, fields: readonly Field[] = []): CliFailure {
  const lines = refusal.errors?.map(
    ({ field, message }) => `${placeOf(field, fields)}: ${reworded(message, fields)}`,
  ) ?? [reworded(refusal.message, fields)];
  // A daemon that answers "not now" is there: that is a failure, not an absence.
  const status = refusal.code === "unavailable" && !refusal.unreached ? statuses.failed : statusOf[refusal.code];
  return new CliFailure(status ?? statuses.failed, lines.join("\n"));
}
