import type { Head } from "./head.ts";
import { isDigit } from "./scan.ts";

const actions = new Set(["pass", "block", "reject", "match", "nat", "rdr", "binat", "scrub", "synproxy-drop"]);

/**
 * pf's filterlog, as pfSense and OPNsense write it: commas between rule, sub-rule, anchor, tracker, interface, reason,
 * action, direction and IP version; then what the version and the protocol have.
 * https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html
 */
export function readFilterlog(head: Head): boolean {
  const { text, rest } = head;
  const code = text.charCodeAt(rest);
  if (!isDigit(code) && code !== 44) return false;
  const comma = text.indexOf(",", rest);
  if (comma === -1 || comma - rest > 6) return false;
  const parts = text.slice(rest).split(",", 26);
  const [, , , , , , action = "", direction, version] = parts;
  if (!actions.has(action) || (direction !== "in" && direction !== "out") || (version !== "4" && version !== "6"))
    return false;
  const base = version === "4" ? 16 : 12;
  const [proto, src, dst, srcPort, dstPort] =
    version === "4"
      ? [parts[16], parts[18], parts[19], parts[20], parts[21]]
      : [parts[base], parts[base + 3], parts[base + 4], parts[base + 5], parts[base + 6]];
  const fields: Record<string, string> = { action };
  if (proto) fields["proto"] = proto.toLowerCase();
  if (src) fields["src"] = src;
  if (dst) fields["dst"] = dst;
  if (/^\d+$/.test(srcPort ?? "") && /^(tcp|udp)$/i.test(proto ?? "")) fields["srcPort"] = srcPort ?? "";
  if (/^\d+$/.test(dstPort ?? "") && fields["srcPort"]) fields["dstPort"] = dstPort ?? "";
  head.fields = fields;
  head.program ??= "filterlog";
  return true;
}
