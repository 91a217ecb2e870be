import type { Args } from "../../shared/api/registry.ts";
import { type Refusal, refuse, refuseInvalid } from "../../shared/errors.ts";
import type { z } from "zod";

/** What the engine must know of the ways to reach people: how each is set up, and how to try it. */
export interface ChannelTypes {
  names: readonly string[];
  find(type: string): { options: z.ZodType; secrets: z.ZodType; edits: boolean } | undefined;
  /** Sends a test, and says what the provider answered. */
  test(id: string): Promise<{ ok: boolean; answer: string }>;
}

type Checked = { ok: true; args: Args<"channel.add">; secrets: Record<string, string>; edits: boolean };

/** A channel's settings as its own schemas see them; each fault is named by its field. */
export function checkChannel(args: Args<"channel.add">, types: ChannelTypes): Checked | Refusal {
  const type = types.find(args.type);
  if (!type) {
    const message = `there is no such type; there are ${types.names.join(", ")}`;
    return refuse("invalid", `type: ${message}`, [{ field: "type", message }]);
  }
  const options = type.options.safeParse(args.options);
  // Some rules of a secret depend on the options: plain http to a private address must be allowed there.
  const secrets = type.secrets.safeParse({ ...args.secrets });
  if (!options.success) return refuseInvalid(under("options", options.error));
  if (!secrets.success) return refuseInvalid(under("secrets", secrets.error));
  return {
    ok: true,
    args: { ...args, options: options.data as Args<"channel.add">["options"], secrets: {} },
    secrets: secrets.data as Record<string, string>,
    edits: type.edits,
  };
}

const under = (field: string, { issues }: z.ZodError) => ({
  issues: issues.map(({ path, message }) => ({ path: [field, ...path], message })),
});

/** The name under which a channel's secrets are kept. */
export const secretName = (channel: string): string => `channel:${channel}`;
