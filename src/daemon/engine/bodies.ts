import type { Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal } from "../../shared/errors.ts";
import { cleanText } from "../../shared/text.ts";
import type { Store } from "../domain/store.ts";

/** How many bodies of a host are kept: as many as it has recent heartbeats. */
const KEPT = 20;

const folderOf = (host: string): string => `ping/${host}`;

/** Keeps what a ping sent along; resolves with the blob's id once it is safe to name. */
export async function keepBody({ blobs }: Store, host: string, at: number, bytes: Uint8Array): Promise<string> {
  // Two pings of one host in one millisecond: the names differ by what comes after.
  const taken = await blobs.list(folderOf(host));
  const id = `${folderOf(host)}/${String(at).padStart(14, "0")}-${String(taken.length).padStart(2, "0")}`;
  await blobs.put(id, bytes);
  return id;
}

/** Removes the oldest bodies beyond those that are kept. */
export async function forgetBodies({ blobs }: Store, host: string, keep = KEPT): Promise<void> {
  const names = (await blobs.list(folderOf(host))).toSorted();
  for (const name of names.slice(0, Math.max(0, names.length - keep))) await blobs.remove(name);
}

/** The last body of a host as text: control bytes go, line ends stay. */
export async function readBody(
  { state, blobs }: Store,
  id: string,
): Promise<{ ok: true; value: Result<"host.body"> } | Refusal> {
  if (!state.get("host", id))
    return refuse("not_found", `there is no host ${id}; \`sentinel host list\` shows those there are`);
  const name = (await blobs.list(folderOf(id))).toSorted().at(-1);
  const bytes = name === undefined ? undefined : await blobs.get(name);
  if (!name || !bytes) return refuse("not_found", `no ping of ${id} has sent anything along yet`);
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
  const at = Number(name.slice(folderOf(id).length + 1, -3));
  return { ok: true, value: { id, at, text: lines.map(cleanText).join("\n"), keptBytes: bytes.length } };
}
