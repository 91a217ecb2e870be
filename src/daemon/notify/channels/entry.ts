import { z } from "zod";
import { urlObjection } from "../../outgoing/url.ts";

const addressed = z.object({
  options: z.object({ allowHttp: z.boolean().optional(), apiUrl: z.string().optional() }),
  secrets: z.object({ url: z.string().optional() }),
});

/** Checks a channel's entry as a whole, before it is kept and before each use: the URL rule needs options and secrets. */
export const entrySchema = <Options, Secrets>(channel: { options: z.ZodType<Options>; secrets: z.ZodType<Secrets> }) =>
  z.object({ options: channel.options, secrets: channel.secrets }).superRefine((entry, context) => {
    const found = addressed.safeParse(entry);
    if (!found.success) return;
    const { options, secrets } = found.data;
    const urls = [
      { path: ["secrets", "url"], url: secrets.url },
      { path: ["options", "apiUrl"], url: options.apiUrl },
    ];
    for (const { path, url } of urls) {
      const message = url === undefined ? undefined : urlObjection(url, options.allowHttp === true);
      if (message) context.addIssue({ code: "custom", path, message });
    }
  });
