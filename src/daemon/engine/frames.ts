import type { Cursor, Entity, Host } from "../../shared/model.ts";
import { limits } from "../../shared/protocol.ts";

/** One line of a list: an entity, or what is left of one that was removed. */
export type Item = Entity | { kind: string; id: string; rev: number };

/** An item's JSON, and how much of a frame it takes. */
interface Text {
  rev: number;
  json: string;
  bytes: number;
}

// What a frame needs beside its lists.
const ENVELOPE_BYTES = 256;

/** Writes each entity once for everybody, for as long as the writer is kept. */
export function createWriter(): (item: Item) => Text {
  const texts = new Map<unknown, Text>();
  return (item) => {
    if (!("value" in item)) return write(item);
    const known = texts.get(item.value);
    if (known?.rev === item.rev) return known;
    const text = write(item);
    texts.set(item.value, text);
    return text;
  };
}

function write(item: Item): Text {
  const { kind, id, rev } = item;
  const json = JSON.stringify("value" in item ? { kind, id, rev, value: shown(item) } : { kind, id, rev });
  return { rev, json, bytes: Buffer.byteLength(json) + 1 };
}

/**
 * A list as `changes` frames, none over the size limit, all but the last with `more: true`. They are made one at a
 * time, so that a long list neither blocks the program nor lies in memory as text. `rev` is asked when a frame is full.
 */
export function* frames(
  items: Iterable<Item>,
  { rev, snapshot, textOf }: { rev(): number; snapshot: boolean; textOf(item: Item): Text },
): Generator<Buffer> {
  const empty = () => ({ upserts: [] as string[], removals: [] as string[], bytes: ENVELOPE_BYTES });
  let page = empty();
  const finish = (more: boolean): Buffer =>
    Buffer.from(
      `{"type":"changes","rev":${rev()},"snapshot":${snapshot},"more":${more},"upserts":[${page.upserts.join()}],"removals":[${page.removals.join()}]}`,
    );
  for (const item of items) {
    const { json, bytes } = textOf(item);
    if (page.bytes + bytes > limits.frameBytes) {
      yield finish(true);
      page = empty();
    }
    page["value" in item ? "upserts" : "removals"].push(json);
    page.bytes += bytes;
  }
  yield finish(false);
}

/** What a watcher sees: how a host's log is read, and where it is read on, may hold secrets, and consoles have no use for it. */
function shown({ kind, value }: Entity): unknown {
  if (kind === "cursor") return { ...(value as Cursor), cursor: undefined };
  if (kind !== "host") return value;
  const { logAnalysis: _hidden, ...host } = value as Host;
  return host;
}
