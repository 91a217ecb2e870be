import type { z } from "zod";
import type { Args } from "../../shared/api/registry.ts";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { type Store, StoreUnavailable } from "../domain/store.ts";

/** What the engine must know of the ways to reach people: how each is set up, and how to try it. */
export interface ChannelTypes {
  names: readonly string[];
  /** `entry` checks `{options, secrets}` together: some rules need both. */
  find(type: string): { entry: z.ZodType<{ options: unknown; secrets: unknown }>; edits: boolean } | undefined;
  /** Sends a test, and says what the provider answered. */
  test(id: string): Promise<{ ok: boolean; answer: string }>;
}

type Adding = Args<"channel.add">;
type Checked = { ok: true; args: Adding; edits: boolean };

/** A channel's settings as its own schema sees them; each fault is named by its field. */
export function checkChannel(args: Adding, types: ChannelTypes): Checked | Refusal {
  const type = types.find(args.type);
  if (!type) {
    const message = `there is no such type; there are ${types.names.join(", ")}`;
    return refuse("invalid", `type: ${message}`, [{ field: "type", message }]);
  }
  const parsed = type.entry.safeParse({ options: args.options, secrets: args.secrets });
  if (!parsed.success) return refuseInvalid(parsed.error, "channel");
  const options = parsed.data.options as Adding["options"];
  const secrets = parsed.data.secrets as Adding["secrets"];
  return { ok: true, args: { ...args, options, secrets }, edits: type.edits };
}

/** The name under which a channel's secrets are kept. */
export const secretName = (channel: string): string => `channel:${channel}`;

/** Puts back what was there; as far as it can, as whoever calls it has something worse to tell. */
export type PutBack = () => Promise<void>;

/** Puts channels' secrets away, all or none; returns the way back. Rejects with `StoreUnavailable`. */
export async function keepSecrets(
  { secrets }: Pick<Store, "secrets">,
  wanted: ReadonlyMap<string, Record<string, string>>,
): Promise<PutBack> {
  const before = Array.from(wanted.keys(), (id) => ({ name: secretName(id), values: secrets.get(secretName(id)) }));
  async function putBack(): Promise<void> {
    try {
      for (const { name, values } of before) await (values ? secrets.put(name, values) : secrets.remove(name));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
  try {
    for (const [id, values] of wanted) await secrets.put(secretName(id), values);
  } catch (error) {
    await putBack();
    throw error;
  }
  return putBack;
}

/** A commit that isn't kept takes back what was put away for it; after a fatal failure it may be there all the same. */
export const orPutBack = <T>(durable: Promise<T>, putBack: PutBack | undefined): Promise<T> =>
  putBack
    ? durable.catch(async (error: unknown) => {
        if (error instanceof StoreUnavailable && error.reason !== "fatal") await putBack();
        throw error;
      })
    : durable;
