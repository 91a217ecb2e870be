import type { z } from "zod";
import type { Channel, Notice, Sending, Sent } from "../channel.ts";
import { cleanNotice } from "./text.ts";
import { urlObjection } from "../../outgoing/url.ts";

interface Definition<Options, Secrets> {
  type: string;
  options: z.ZodType<Options>;
  secrets: z.ZodType<Secrets>;
  edits: boolean;
  /** Gets a cleaned notice, and options and secrets that have passed their schemas and the URL rule. */
  send(notice: Notice, sending: Sending & { options: Options; secrets: Secrets }): Promise<Sent>;
}

/** A channel that has a URL: what all of them check before they send. */
export function defineChannel<Options extends { allowHttp?: boolean | undefined }, Secrets extends { url: string }>(
  definition: Definition<Options, Secrets>,
): Channel {
  async function send(notice: Notice, sending: Sending): Promise<Sent> {
    const options = definition.options.safeParse(sending.options ?? {});
    if (!options.success) return unfit("options", options.error);
    const secrets = definition.secrets.safeParse(sending.secrets);
    if (!secrets.success) return unfit("secrets", secrets.error);
    const objection = urlObjection(secrets.data.url, options.data.allowHttp === true);
    if (objection) return { ok: false, retry: false, reason: `url: ${objection}` };
    return definition.send(cleanNotice(notice), { ...sending, options: options.data, secrets: secrets.data });
  }
  return { ...definition, send };
}

function unfit(what: string, { issues: [issue] }: z.ZodError): Sent {
  const field = issue?.path.map(String).join(".") || what;
  return { ok: false, retry: false, reason: `${field}: ${issue?.message ?? `these ${what} don't fit`}` };
}
