import { cleanText } from "../../../shared/text.ts";

/** Text from outside in a reason: on one line, with nothing for a terminal to obey, and short. */
export function brief(text: string, limit = 80): string {
  const points = [...cleanText(text).toWellFormed().trim()];
  return points.length > limit ? `${points.slice(0, limit - 1).join("")}…` : points.join("");
}

const faults: Record<string, string> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "cut the connection",
  EPIPE: "cut the connection",
  EHOSTUNREACH: "no way to it (host unreachable)",
  ENETUNREACH: "no way to it (network unreachable)",
  ETIMEDOUT: "timed out",
  ENOTFOUND: "its name is unknown",
  EAI_AGAIN: "its name can't be looked up just now",
  EADDRNOTAVAIL: "this machine has no address to reach it from",
  EACCES: "this machine doesn't let it out",
  EPERM: "this machine doesn't let it out",
  CERT_HAS_EXPIRED: "certificate, or one above it, has expired",
  CERT_NOT_YET_VALID: "certificate isn't valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate is signed by an authority that isn't known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate's issuer isn't known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate's issuer isn't known here, or wasn't sent along",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for another name",
};

/** Why it failed, by the error's code. */
export function faultOf(code = ""): string {
  const known = faults[code];
  if (known !== undefined) return known;
  if (code.startsWith("HPE_")) return `the answer isn't HTTP (${code})`;
  if (/SSL|TLS|EPROTO/.test(code)) return `no TLS with it (${code})`;
  return `failed (${code})`;
}
