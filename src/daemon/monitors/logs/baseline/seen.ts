/** Which texts were seen, as 32-bit hashes: two generations, of which the older goes when the newer is full. */
export interface Seen {
  has(text: string): boolean;
  add(text: string): void;
  /** Base64, the older generation first. */
  save(): [string, string];
}

/** Of one generation. */
const VALUES = 10_000;

/** FNV-1a with a final mix. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function unpack(text: string): Set<number> {
  const bytes = Buffer.from(text, "base64");
  const values = new Set<number>();
  for (let at = 0; at + 4 <= bytes.length; at += 4) values.add(bytes.readUInt32LE(at));
  return values;
}

const pack = (values: Set<number>): string => Buffer.from(Uint32Array.from(values).buffer).toString("base64");

export function createSeen([old, young]: [string, string] = ["", ""]): Seen {
  let older = unpack(old);
  let newer = unpack(young);
  return {
    has: (text) => newer.has(hashOf(text)) || older.has(hashOf(text)),
    add(text) {
      newer.add(hashOf(text));
      if (newer.size < VALUES) return;
      older = newer;
      newer = new Set();
    },
    save: () => [pack(older), pack(newer)],
  };
}
