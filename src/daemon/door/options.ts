import { resolve } from "node:path";
import { z } from "zod";
import { readRange } from "./address.ts";

const range = z
  .string()
  .refine((text) => readRange(text) !== undefined, "write an address or a range, as in 10.0.0.0/8, or unix");

const octal = z.string({ error: 'write the mode in quotes, as in "0660"' }).regex(/^0?[0-7]{3}$/, 'as in "0660"');

/** Where else than on a port the daemon listens: a file that those can connect to whom its mode lets write. */
const socketFile = z
  .strictObject({
    // As much as an address of the kernel's has room for.
    path: z.string().min(1).max(100).describe("A file to listen on beside the port, for who may write to it."),
    mode: octal.describe("Its mode, in quotes; 0660 if it isn't said."),
  })
  .partial();

/** Who is let in, as the configuration file says it. */
export const doorFile = {
  insecureHttp: z.boolean().describe("Tokens may cross the network in the clear.").optional(),
  trustedProxies: z
    .array(range)
    .max(100)
    .describe("Whose X-Forwarded-For is believed: addresses, ranges, or `unix` for the socket.")
    .optional(),
  origins: z
    .array(z.url({ protocol: /^https?$/, error: "write where a page comes from, as in https://status.example.org" }))
    .max(100)
    .describe("Whose pages may open a WebSocket, beside our own.")
    .optional(),
  socket: socketFile.optional(),
};

/** The same, read. */
export const doorOptions = {
  ...doorFile,
  socket: socketFile
    .transform(({ path, mode = "0660" }, context) => {
      if (path !== undefined) return { path: resolve(path), mode: Number.parseInt(mode, 8) };
      context.addIssue({ code: "custom", path: ["path"], message: "say where the socket is to be" });
      return z.NEVER;
    })
    .optional(),
};

/** `a, b` as a list. */
export const listed = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
