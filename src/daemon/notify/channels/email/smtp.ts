import type { NodemailerError, SendMailOptions } from "nodemailer";
import { SECOND } from "../../../../shared/time.ts";
import type { Sent } from "../../channel.ts";
import { providerText } from "../provider-text.ts";
import { unreachable } from "../unreachable.ts";
import type { Account } from "./email.ts";

const ports = { starttls: 587, implicit: 465, none: 25 };

/** No step of the talk may take longer, nor may the server be silent for longer. */
const stepMs = 10 * SECOND;

/** Gives one message to the mail server, whose certificate must be good. nodemailer is loaded with the first. */
export async function sendMail(
  mail: SendMailOptions,
  { options, secrets }: Account,
  signal: AbortSignal,
): Promise<Sent> {
  const { host, tls = "starttls", port = ports[tls] } = options;
  const { user, password } = secrets;
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    ...(user ? { auth: { user, pass: password }, forceAuth: true } : {}),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    dnsTimeout: stepMs,
    socketTimeout: stepMs,
    maxResponseSize: 65_536,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { messageId, serverMessageId } = await transport.sendMail({ ...mail, signal });
    return { ok: true, ref: serverMessageId ?? messageId };
  } catch (error) {
    return failure(error as NodemailerError, secrets, signal.aborted);
  }
}

/** An answer of 5xx is final (RFC 5321, 4.2.1); all else may be better later. */
function failure(error: NodemailerError, secrets: unknown, isEnded: boolean): Sent {
  const { code, originalCode, responseCode, permanent } = error;
  const provider = "The mail server";
  if (isEnded) return { ok: false, retry: true, reason: `${provider} gave no answer before the try was ended` };
  const why = causes[code ?? ""] ?? (responseCode ? answered(error, secrets) : unreachable(originalCode ?? code));
  return { ok: false, retry: !permanent, reason: `${provider} ${why}` };
}

const causes: Record<string, string> = {
  ETIMEDOUT: `gave no answer in ${stepMs / SECOND} s`,
  ETLS: "offers no STARTTLS, without which nothing is sent",
};

function answered({ responseCode, response = "" }: NodemailerError, secrets: unknown): string {
  const said = providerText(response.replace(/^\d{3}[ -]?/, ""), secrets);
  return `answered ${responseCode}${said && `: ${said}`}`;
}
