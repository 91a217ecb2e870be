const causes: Record<string, string> = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "cut the connection",
  UND_ERR_SOCKET: "cut the connection",
  ECONNECTION: "cut the connection",
  ENOTFOUND: "can't be found: its name is unknown",
  EAI_AGAIN: "can't be found: names can't be looked up just now",
};

/** Why a provider wasn't reached, after its name. Errors' own words are left out: all of a URL may be in them. */
export function unreachable(code = ""): string {
  if (/CERT|LEAF_SIGNATURE/.test(code)) return `has a certificate that can't be trusted (${code})`;
  return causes[code] ?? `can't be reached${code && ` (${code})`}`;
}
