/** An address where a text has it. */
export interface Sighting {
  address: string;
  /** Where it begins, and where it ends. */
  at: number;
  end: number;
  /** What follows a `:`, `#`, `/` or `[` right after it. */
  port?: number;
}

// IPv4 (mapped or not, or the other end after `...`), and whatever may be IPv6: times of day and MAC addresses are told apart by `isIpv6`.
const shape =
  /<IP:[\da-f]{4}>|(?<!\w|(?<!\.\.)\.)(?:::ffff:)?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|\.\w)|(?<![\w:.])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi;
const port = /[:#/[](\d{1,5})(?!\w)/y;
const quick = /<IP:|\d\.\d{1,3}\.\d|:[\da-f]{0,4}:/i;

const isIpv4 = (text: string): boolean => text.split(".").every((part) => Number(part) <= 255);

function isIpv6(text: string): boolean {
  const groups = text.split(":");
  if (text.includes("::")) return groups.length <= 9 && /\d/.test(text);
  // Eight pairs are hardware's (EUI-64).
  return groups.length === 8 && groups.some((group) => group.length !== 2);
}

const pseudonym = /^<IP:[\da-f]{4}>$/;

/** Without `::ffff:` before an IPv4 address, in lower case, without a zone; or what redaction put in its place. */
export function plainAddress(text: string): string | undefined {
  if (pseudonym.test(text)) return text;
  const address = text
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/, "");
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return isIpv4(address) ? address : undefined;
  return /^[\da-f:]{3,39}$/.test(address) && isIpv6(address) ? address : undefined;
}

/** No one's own: any address, broadcast, a mask. */
const isNobody = (address: string): boolean => /^(?:0\.|255\.|::$)/.test(address);

/** The addresses in a text, in order, at most `limit`. */
export function addressesIn(text: string, limit = 8): Sighting[] {
  const found: Sighting[] = [];
  if (!quick.test(text)) return found;
  for (const hit of text.matchAll(shape)) {
    const written = hit[0].length > 3 && hit[0].endsWith(":") && !hit[0].endsWith("::") ? hit[0].slice(0, -1) : hit[0];
    // A time of day.
    if (written.length < 15 && !written.includes(".") && !written.startsWith("<") && !written.includes("::")) continue;
    const address = plainAddress(written);
    if (address === undefined || isNobody(address)) continue;
    const end = hit.index + written.length;
    port.lastIndex = text[end] === "]" ? end + 1 : end;
    const [, digits] = port.exec(text) ?? [];
    found.push({ address, at: hit.index, end, ...(digits === undefined ? {} : { port: Number(digits) }) });
    if (found.length === limit) break;
  }
  return found;
}

/** Of the internet at large, and no name that stands for an address. */
export const isPublic = (address: string): boolean =>
  plainAddress(address) !== undefined &&
  !/^(?:<|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cde][\da-f]{2}:)/.test(
    address,
  );
