import { once } from "node:events";
import { isIP } from "node:net";
import { connect } from "node:tls";
import type { TLSSocket } from "node:tls";
import { z } from "zod";
import { DAY } from "../../../../../shared/time.ts";
import { defineKind } from "../../define-kind.ts";
import type { Outcome } from "../../kind.ts";
import { connecting, hostAndPort, hostSchema, nameSchema, noteSteps, portSchema } from "../../target.ts";
import { brief, faultOf } from "../../words.ts";

const days = z.number().int().min(0).max(3_650);

const options = z
  .strictObject({
    host: hostSchema,
    port: portSchema.default(443),
    /** The name that is asked for, and that the certificate must be for; by default the host. */
    servername: nameSchema.refine((text) => isIP(text) === 0, "a server's name isn't an address").optional(),
    warnDays: days.default(21),
    criticalDays: days.default(7),
    /** Must it be for that name, from an authority known here? Otherwise only its end counts. */
    verify: z.boolean().default(true),
  })
  .refine(({ warnDays, criticalDays }) => warnDays >= criticalDays, {
    path: ["warnDays"],
    message: "warn no later than it is critical: at least criticalDays",
  });
type Options = z.infer<typeof options>;

/** Is a certificate good, and for how long yet? TLS from the first byte on: no STARTTLS. */
export const tls = defineKind({
  options,
  title: ({ host, port }) => `TLS ${hostAndPort(host, port)}`,
  async ask(given, asking) {
    const { host, port, servername = isIP(host) === 0 ? host : undefined } = given;
    // What is wrong with a certificate is told below, with the day on which it ends.
    const socket = connect({
      host,
      port,
      ...(servername === undefined ? {} : { servername }),
      rejectUnauthorized: false,
      ...connecting(asking),
    });
    const cut = (): void => void socket.destroy(asking.signal.reason as Error);
    asking.signal.addEventListener("abort", cut);
    socket.on("error", () => {});
    noteSteps(socket, host, asking);
    socket.once("connect", () => (asking.doing = "in the TLS handshake"));
    try {
      await once(socket, "secureConnect");
      return { latencyMs: asking.took(), ...judge(socket, given, asking.now()) };
    } finally {
      asking.signal.removeEventListener("abort", cut);
      socket.destroy();
    }
  },
});

function judge(socket: TLSSocket, { verify, warnDays, criticalDays }: Options, now: number): Outcome {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return { ok: false, reason: "no certificate was shown" };
  const expiresAt = certificate.validToDate.getTime();
  const leftMs = expiresAt - now;
  const day = certificate.validToDate.toISOString().slice(0, 10);
  if (leftMs <= 0) return { ok: false, expiresAt, reason: `certificate ended ${inDays(-leftMs)} ago (${day})` };
  const fault = verify ? String(socket.authorizationError ?? "") : "";
  if (fault) {
    const names = certificate.subjectAltName?.replaceAll("DNS:", "").replaceAll("IP Address:", "") ?? "no name";
    const other = fault === "ERR_TLS_CERT_ALTNAME_INVALID" ? `: ${brief(names)}` : "";
    return { ok: false, expiresAt, reason: `${faultOf(fault)}${other}` };
  }
  const reason = `certificate ends in ${inDays(leftMs)} (${day})`;
  if (leftMs < criticalDays * DAY) return { ok: false, expiresAt, reason };
  return { ok: true, expiresAt, reason, ...(leftMs < warnDays * DAY ? { warning: true } : {}) };
}

function inDays(spanMs: number): string {
  const days = Math.floor(spanMs / DAY);
  return days === 0 ? "less than a day" : `${days} day${days === 1 ? "" : "s"}`;
}
