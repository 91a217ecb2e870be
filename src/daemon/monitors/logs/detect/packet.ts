import type { LogRecord } from "../record.ts";

/** What a firewall saw. */
export interface Packet {
  /** It was let through. */
  passed: boolean;
  /** It was said to be turned away. */
  denied: boolean;
  target?: string;
  port?: string;
}

const marks =
  /\bDPT=|\bdst_?port|\bdport|\bDeny\b|\bdeny\b|\bdenied\b|\b[Bb]lock(?:ed)?\b|\bDROP|\bdrop(?:ped)?\b|\bREJECT|->\S{0,40}:\d/;
const toPort =
  /(?:\bDPT|\bservice|\bdst_?port|\bdport|dest(?:ination)?_?port)["']?\s?[:=]\s?["']?(\d{1,5})\b|->\s?\S{0,45}:(\d{1,5})\b|\bdst \S{1,60}\/(\d{1,5})\b|\bto \S{1,60}[:/](\d{1,5})\b/i;
const toAddress =
  /(?:\bDST|\bdst_?ip|\bdst|\bdaddr)["']?\s?[:=]\s?["']?([\da-f.:]{3,39})|->\s?\[?([\da-f.:]{3,39}?)\]?:\d|\bdst \S{1,30}:([\da-f.:]{3,39})\//i;
const denies = /\b(?:den(?:y|ied)|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|discard(?:ed)?|banned)\b|\bUFW BLOCK\b/i;
const passes = /\b(?:pass(?:ed)?|accept(?:ed)?|allow(?:ed)?|permit(?:ted)?|built)\b/i;

const first = (found: RegExpExecArray | null): string | undefined => found?.slice(1).find((part) => part !== undefined);

/** What the line says of a packet, if it is of a firewall or its like. */
export function packetOf({ fields, text }: LogRecord): Packet | undefined {
  const port = fields?.["dstPort"] ?? (marks.test(text) ? first(toPort.exec(text)) : undefined);
  const target = fields?.["dst"] ?? (port === undefined ? undefined : first(toAddress.exec(text)));
  const action = fields?.["action"];
  if (port === undefined && (target === undefined || action === undefined)) return undefined;
  const said = action ?? text;
  const denied = denies.test(said);
  return {
    denied,
    passed: !denied && passes.test(said),
    ...(target === undefined ? {} : { target }),
    ...(port === undefined ? {} : { port }),
  };
}
