import type { Code, Refusal } from "../shared/errors.ts";

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

/** The daemon's refusal as this program's own end; `wording` puts a field's name as it is typed here. */
export function failureOf(refusal: Refusal, wording: (field: string) => string = String): CliFailure {
  const lines = refusal.errors?.map(({ field, message }) => `${wording(field)}: ${message}`) ?? [refusal.message];
  // A daemon that answers "not now" is there: that is a failure, not an absence.
  const status = refusal.code === "unavailable" && !refusal.unreached ? statuses.failed : statusOf[refusal.code];
  return new CliFailure(status ?? statuses.failed, lines.join("\n"));
}
