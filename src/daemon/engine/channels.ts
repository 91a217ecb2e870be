import type { z } from "zod";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { noChannel } from "../domain/channel.ts";
import type { StateReader } from "../domain/state.ts";

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

/** Tries a channel, and says what the provider answered. */
export async function testChannel(
  state: StateReader,
  types: ChannelTypes,
  id: string,
): Promise<{ ok: true; value: Result<"channel.test"> } | Refusal> {
  if (!state.get("channel", id)) return noChannel(id);
  const { ok, answer } = await types.test(id);
  return { ok: true, value: { id, sent: ok, answer } };
}

/** The name under which a channel's secrets are kept. */
export const secretName = (channel: string): string => `channel:${channel}`;
