import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { type Code, refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";

/** The largest body that is read. */
export const BODY_BYTES = 1024 * 1024;

/** A refusal as REST says it; `detail` is the predecessor's name for the message. */
export const errorBody = ({ message, code, errors }: Refusal) => ({
  detail: message,
  code,
  ...(errors ? { errors } : {}),
});

/** What fastify objects to, in our codes. A message of ours is shown; an unexpected one never is. */
export function refusalOf(error: FastifyError): Refusal {
  if (hasZodFastifySchemaValidationErrors(error)) {
    return refuseInvalid({
      issues: error.validation.map((issue) => ({
        path: issue.instancePath.split("/").filter(Boolean),
        message: issue.message ?? "is not valid",
      })),
    });
  }
  const byCode: Record<string, [Code, string]> = {
    FST_ERR_CTP_BODY_TOO_LARGE: ["too_large", `the body is larger than ${BODY_BYTES / 1024} KiB`],
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["invalid", "the body is not as long as Content-Length says"],
  };
  const known = byCode[error.code];
  if (known) return refuse(...known);
  if (error.statusCode === 400 || error instanceof SyntaxError) return refuse("invalid", "the body is not valid JSON");
  return refuse("internal", "the daemon failed at this request; its log says why");
}
