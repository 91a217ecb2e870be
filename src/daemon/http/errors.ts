import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { type Code, refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { SECOND } from "../../shared/time.ts";

/** The largest body that is read. */
export const BODY_BYTES = 1024 * 1024;

/** A refusal as REST says it; `detail` is the predecessor's name for the message. */
export const errorBody = ({ message, code, errors }: Refusal) => ({
  detail: message,
  code,
  ...(errors ? { errors } : {}),
});

/** What has to be tried again says when, in seconds. */
export const retryAfter = ({ code, waitMs }: Refusal): Record<string, string> => {
  // Who asks too often pays with a new connection.
  if (waitMs !== undefined) return { "retry-after": String(Math.ceil(waitMs / SECOND)), connection: "close" };
  return code === "unavailable" ? { "retry-after": "5" } : {};
};

type SchemaIssue = NonNullable<FastifyError["validation"]>[number];

/** A complaint of a schema with where it is; one about unknown keys as one for each. */
function issuesOf({ instancePath, message = "is not valid", params }: SchemaIssue) {
  const path = instancePath.split("/").filter(Boolean);
  const unknown = Array.isArray(params["keys"]) ? params["keys"].map(String) : [];
  if (unknown.length === 0) return [{ path, message }];
  return unknown.map((key) => ({
    path: [...path, key],
    message: "there is no such field; /docs lists those there are",
  }));
}

/** What fastify objects to, in our codes. A message of ours is shown; an unexpected one never is. */
export function refusalOf(error: FastifyError, limitBytes = BODY_BYTES): Refusal {
  if (hasZodFastifySchemaValidationErrors(error))
    return refuseInvalid({ issues: error.validation.flatMap((issue) => issuesOf(issue)) });
  const byCode: Record<string, [Code, string]> = {
    FST_ERR_CTP_BODY_TOO_LARGE: ["too_large", `the body is larger than ${limitBytes / 1024 / 1024} MiB`],
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["invalid", "the body is not as long as Content-Length says"],
  };
  const known = byCode[error.code];
  if (known) return refuse(...known);
  if (error.code === "ECONNRESET") return refuse("invalid", "the connection ended within the body");
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return refuse("invalid", "Content-Type is not valid: send application/json");
  if (error.statusCode === 400 || error instanceof SyntaxError) return refuse("invalid", "the body is not valid JSON");
  return refuse("internal", "the daemon failed at this request; its log says why");
}
