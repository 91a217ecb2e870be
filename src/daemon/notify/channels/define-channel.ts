import type { z } from "zod";
import type { Channel, Notice, Sending, Sent } from "../channel.ts";
import { entrySchema } from "./entry.ts";
import { cleanNotice } from "./text.ts";

interface Definition<Options, Secrets> {
  type: string;
  options: z.ZodType<Options>;
  secrets: z.ZodType<Secrets>;
  edits: boolean;
  /** Gets a cleaned notice, and options and secrets that have passed their schemas and the URL rule. */
  send(notice: Notice, sending: Sending & { options: Options; secrets: Secrets }): Promise<Sent>;
}

/** What all channels check before they send. */
export function defineChannel<Options, Secrets>(definition: Definition<Options, Secrets>): Channel {
  const schema = entrySchema(definition);
  async function send(notice: Notice, sending: Sending): Promise<Sent> {
    const entry = schema.safeParse({ options: sending.options ?? {}, secrets: sending.secrets });
    if (!entry.success) return unfit(entry.error);
    return definition.send(cleanNotice(notice), { ...sending, ...entry.data });
  }
  return { ...definition, send };
}

function unfit({ issues: [issue] }: z.ZodError): Sent {
  const [part = "entry", ...path] = issue?.path.map(String) ?? [];
  return { ok: false, retry: false, reason: `${path.join(".") || part}: ${issue?.message ?? "this doesn't fit"}` };
}
