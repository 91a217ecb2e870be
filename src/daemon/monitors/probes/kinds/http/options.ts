import { z } from "zod";

/** Where a status code lies, or a range of them. */
const part = String.raw`[1-5]\d\d(-[1-5]\d\d)?`;
const statuses = new RegExp(`^${part}(,${part})*$`);

/** What says who somebody is: a probe's options can be seen by whoever may list probes. */
const telling = /^(authorization|proxy-authorization|cookie|x-api-key|.*(token|secret|password).*)$/i;
/** What belongs to the connection alone. */
const framing =
  /^(connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|accept-encoding)$/i;

const headers = z
  .record(z.string(), z.string().regex(/^[\x20-\x7e]{0,1000}$/, "a header's value is plain ASCII on one line"))
  .superRefine((given, context) => {
    const names = Object.keys(given);
    if (names.length > 20) context.addIssue({ code: "custom", message: "at most 20 headers" });
    for (const name of names) {
      const message = headerObjection(name);
      if (message) context.addIssue({ code: "custom", path: [name], message });
    }
  });

function headerObjection(name: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)) return "a header's name has no spaces";
  if (telling.test(name)) return "a probe has no secrets: what it sends can be seen by whoever lists probes";
  return framing.test(name) ? "this header is HTTP's own: leave it out" : undefined;
}

const url = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    const message = urlObjection(text);
    if (message) context.addIssue({ code: "custom", message });
  });

function urlObjection(text: string): string | undefined {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) return "an address begins with http:// or https://";
  const { username, password } = new URL(text);
  if (username || password) return "leave user name and password out: a probe's address can be seen";
  return undefined;
}

const text = z.string().min(1).max(1_000);

export const optionsSchema = z
  .strictObject({
    url,
    method: z.enum(["GET", "HEAD", "POST", "OPTIONS"]).default("GET"),
    /** `204`, or a list with ranges: `200-299,401`. */
    status: z.coerce
      .string()
      .max(200)
      .regex(statuses, "statuses are numbers and ranges: 200-299,401")
      .default("200-299"),
    /** Must be in the first 64 kB of the body, to the letter. A pattern isn't offered: it would meet hostile text. */
    contains: text.optional(),
    containsNot: text.optional(),
    headers: headers.default({}),
    /** An answer that takes longer is a warning. */
    slowMs: z.number().int().min(1).max(30_000).optional(),
    /** How many redirects are followed. */
    redirects: z.number().int().min(0).max(5).default(0),
    /** They may lead from outside to a private address, and from https to http. */
    anywhere: z.boolean().default(false),
    /** Any certificate will do. */
    insecure: z.boolean().default(false),
    /** An unexpected success, redirect or text comes from a captive portal: for addresses that never change. */
    captive: z.boolean().default(false),
  })
  .refine(({ method, contains, containsNot }) => method !== "HEAD" || !(contains ?? containsNot), {
    path: ["method"],
    message: "HEAD has no body to look into: use GET",
  });
export type Options = z.infer<typeof optionsSchema>;

/** Is that status one of them? */
export const statusFits = (status: number, wanted: string): boolean =>
  wanted.split(",").some((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return status >= from && status <= to;
  });
