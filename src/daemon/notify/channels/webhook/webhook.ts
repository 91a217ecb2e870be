import { createHmac } from "node:crypto";
import { z } from "zod";
import { bodyOf } from "../body.ts";
import { defineChannel } from "../define-channel.ts";
import { post } from "../post.ts";
import { entryUrl } from "../url.ts";
import { fill, templateObjection } from "./template.ts";

const template = z
  .string()
  .max(20_000)
  .superRefine((text, context) => {
    const objection = templateObjection(text);
    if (objection) context.addIssue({ code: "custom", message: objection });
  });

const options = z.strictObject({ allowHttp: z.boolean().optional(), template: template.optional() });
const secrets = z.strictObject({ url: entryUrl, hmacKey: z.string().min(8).max(1_000).optional() });

/** Any program that takes JSON: signed, and with a key by which it can drop repeats. */
export const webhook = defineChannel({
  type: "webhook",
  options,
  secrets,
  edits: false,
  async send(notice, { options, secrets, signal }) {
    const body = options.template === undefined ? bodyOf(notice) : fill(options.template, notice);
    const headers = {
      "content-type": "application/json",
      "idempotency-key": encodeURI(notice.key.toWellFormed()),
      ...(secrets.hmacKey ? { "x-sentinel-signature": signature(body, secrets.hmacKey) } : {}),
    };
    // Who answers here is anybody's program, and may well answer with a page.
    const request = { provider: "The webhook", url: secrets.url, headers, body, secrets, signal, pages: true };
    return (await post(request)).sent;
  },
});

/** HMAC-SHA256 (RFC 2104) over the body's bytes, in the form that GitHub made known. */
const signature = (body: string, key: string): string =>
  `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
