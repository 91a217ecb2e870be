/** Every refusal that leaves the daemon carries one of these codes; clients switch on them. */
export const codes = [
  "invalid",
  "unauthorized",
  "forbidden",
  "not_found",
  "conflict",
  "too_large",
  "rate_limited",
  "unavailable",
  "internal",
] as const;
export type Code = (typeof codes)[number];

/** The one place where a code becomes an HTTP status. */
export const httpStatus: Record<Code, number> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

/** When each code comes, and the way out. */
export const codeMeanings: Readonly<Record<Code, readonly [meaning: string, remedy: string]>> = {
  invalid: ["What was sent is not valid; `errors` names each field.", "Send it as the message says."],
  unauthorized: ["There is no token, or one that isn't known here, has expired or was revoked.", "Give another token."],
  forbidden: ["The token is known, but its role doesn't allow this.", "Ask with a token of the role that it takes."],
  not_found: ["There is no such thing, or nothing at this address.", "List what there is, and mind the spelling."],
  conflict: ["It contradicts what is there: a name that is taken, a state that has moved on.", "Look at it anew."],
  too_large: ["The body is longer than what is read.", "Send less."],
  rate_limited: ["One has asked too often.", "Wait as long as `Retry-After` says, in seconds."],
  unavailable: ["Nothing can be kept or answered just now.", "Try again, after `Retry-After` if that is there."],
  internal: ["The daemon failed at this.", "Its log says why; that is a fault to report."],
};

export interface FieldError {
  field: string;
  message: string;
}

/** An expected failure: a value, not an exception. `message` says what to do next and never holds a secret. */
export interface Refusal {
  ok: false;
  code: Code;
  message: string;
  errors?: FieldError[];
  /** Of `rate_limited`: when it may be tried again. */
  waitMs?: number;
  /** Made on this side: the daemon never answered. */
  unreached?: true;
}

/** What a client says in place of a daemon that it couldn't ask. */
export const unreached = (message: string): Refusal => ({ ok: false, code: "unavailable", message, unreached: true });

export const refuse = (code: Code, message: string, errors?: FieldError[]): Refusal =>
  errors ? { ok: false, code, message, errors } : { ok: false, code, message };

/** The shape that zod's errors have, so that this file needs no import. */
interface SchemaError {
  issues: readonly { path: readonly PropertyKey[]; message: string }[];
}

/** What a schema says in words for programmers, in those for people. */
const inWords = (message: string): string =>
  message
    .replace(/^Invalid input: expected .*, received undefined$/, "is missing")
    .replace(/^Unrecognized key: "(.*)"$/, "there is no $1 here");

/** Turns a schema's complaints into one `invalid` refusal that names each field. */
export function refuseInvalid(error: SchemaError, what = "request"): Refusal {
  const all = error.issues.map(({ path, message }) => ({
    field: path.map(String).join(".") || what,
    message: inWords(message),
  }));
  // Two rules may object to the same thing in the same words.
  const errors = all
    .filter((one, i) => all.findIndex(({ field, message }) => field === one.field && message === one.message) === i)
    .slice(0, 20);
  const first = errors[0];
  return refuse("invalid", first ? `${first.field}: ${first.message}` : `the ${what} is not valid`, errors);
}

/** Why a WebSocket is closed. */
export const closeCodes = {
  invalid: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  noHello: 4408,
  replaced: 4409,
  tooLarge: 4413,
  tooFast: 4429,
  internal: 1011,
  restarting: 1012,
} as const;
