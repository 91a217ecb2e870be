import { z } from "zod";
import { urlObjection } from "../../outgoing/url.ts";

/** The rule for one entry, whose options say whether http to a private address is wanted. */
export const channelUrl = (allowHttp: boolean) =>
  z
    .string()
    .max(2_000)
    .superRefine((text, context) => {
      const objection = urlObjection(text, allowHttp);
      if (objection) context.addIssue({ code: "custom", message: objection });
    });

/** What a channel's URL may be at most; `entrySchema` checks it against the options too. */
export const entryUrl = channelUrl(true);
