import { z } from "zod";
import { defineChannel } from "../define-channel.ts";
import { reachOf } from "../../../outgoing/url.ts";
import { mailOf } from "./mail.ts";
import { sendMail } from "./smtp.ts";

const address = z
  .string()
  .max(254)
  .regex(
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    "an address looks like ada@example.org",
  );

const options = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, "a mail server is a name or an address, without its port"),
    /** By default 587, 465 or 25, after `tls`. */
    port: z.number().int().min(1).max(65_535).optional(),
    tls: z.enum(["starttls", "implicit", "none"]).optional(),
    /** Mail may go to a private address without TLS. */
    allowPlain: z.boolean().optional(),
    from: address,
    /** One, or a list. */
    to: z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(address).min(1).max(50)),
  })
  .superRefine(({ host, tls, allowPlain }, context) => {
    const reach = reachOf(host);
    if (tls !== "none" || reach === "loopback" || (reach === "private" && allowPlain)) return;
    const message =
      reach === "private"
        ? "mail without TLS to a private address needs allowPlain: true"
        : "only mail with TLS leaves this machine: say starttls or implicit";
    context.addIssue({ code: "custom", path: ["tls"], message });
  });

const secrets = z
  .strictObject({ user: z.string().min(1).max(500).optional(), password: z.string().min(1).max(500).optional() })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ["password"],
    message: "give user and password, or neither",
  });

/** What says where mail goes and who may send it. */
export interface Account {
  options: z.infer<typeof options>;
  secrets: z.infer<typeof secrets>;
}

/** E-mail over SMTP: an alert is one thread. It has gone through when the server takes it for one of the recipients. */
export const email = defineChannel({
  type: "email",
  options,
  secrets,
  edits: false,
  send: (notice, { options, secrets, ref, signal }) =>
    sendMail(mailOf(notice, options, ref), { options, secrets }, signal),
});
