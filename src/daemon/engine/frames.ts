import type { Entity, Host } from "../../shared/model.ts";
import { limits } from "../../shared/protocol.ts";

export interface ChangeList {
  upserts: Entity[];
  removals: { kind: string; id: string; rev: number }[];
}

// What a frame needs beside its lists.
const ENVELOPE_BYTES = 256;

/**
 * A list as `changes` frames, none over the size limit, all but the last with `more: true`. They are made one at a
 * time, so that a long list neither blocks the program nor lies in memory as text.
 */
export function* frames({ upserts, removals }: ChangeList, rev: number, snapshot: boolean): Generator<string> {
  let page = { upserts: [] as string[], removals: [] as string[], bytes: ENVELOPE_BYTES };
  const envelope = (more: boolean) =>
    `{"type":"changes","rev":${rev},"snapshot":${snapshot},"more":${more},"upserts":[${page.upserts.join()}],"removals":[${page.removals.join()}]}`;
  for (const list of ["upserts", "removals"] as const) {
    for (const one of list === "upserts" ? upserts : removals) {
      const { kind, id, rev: at } = one;
      const text = JSON.stringify("value" in one ? { kind, id, rev: at, value: shown(one) } : { kind, id, rev: at });
      const bytes = Buffer.byteLength(text) + 1;
      if (page.bytes + bytes > limits.frameBytes) {
        yield envelope(true);
        page = { upserts: [], removals: [], bytes: ENVELOPE_BYTES };
      }
      page[list].push(text);
      page.bytes += bytes;
    }
  }
  yield envelope(false);
}

/** What a watcher sees: how a host's log is read may hold secrets, and consoles have no use for it. */
function shown({ kind, value }: Entity): unknown {
  if (kind !== "host") return value;
  const { logAnalysis: _hidden, ...host } = value as Host;
  return host;
}
