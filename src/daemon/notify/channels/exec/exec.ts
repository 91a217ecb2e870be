import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { z } from "zod";
import { SECOND } from "../../../../shared/time.ts";
import type { Sent } from "../../channel.ts";
import { bodyOf } from "../body.ts";
import { defineChannel } from "../define-channel.ts";
import { clean, cut } from "../text.ts";
import { run } from "./run.ts";
import type { Ended } from "./run.ts";

const word = z
  .string()
  .max(4_096)
  .regex(/^[^\0]*$/, "there is a NUL in it");

const options = z.strictObject({
  command: word.refine(isAbsolute, "name the program by its whole path: /usr/local/bin/tell"),
  args: z.array(word).max(32).optional(),
  /** By default 10 s. */
  timeoutMs: z.number().int().min(100).max(14_000).optional(),
});

/** Of the daemon's own environment the program sees nothing: there may be secrets in it. */
const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: homedir(),
  LANG: "C.UTF-8",
};

/** From sysexits.h: not now, but perhaps later. */
const EX_TEMPFAIL = 75;

/**
 * Any program on the daemon's machine: it gets the webhook's JSON on its standard input and says by its exit status
 * what came of it: 0 told, 75 try again, all else a failure whose first line is the reason. It is run without a shell
 * and as the daemon's own user, so whoever may add channels may do what the daemon may: `channel.add` is for admins only.
 */
export const exec = defineChannel({
  type: "exec",
  options,
  secrets: z.strictObject({}),
  edits: false,
  async send(notice, { options, signal }) {
    const { command, args = [], timeoutMs = 10 * SECOND } = options;
    const ended = await run({ command, args, environment, input: bodyOf(notice), timeoutMs, signal });
    return verdict(ended, timeoutMs);
  },
});

function verdict({ how, status, output }: Ended, timeoutMs: number): Sent {
  if (status === 0) return { ok: true };
  const said = cut(clean(output), 200);
  const why = {
    exited: `ended with ${status}${said && `: ${said}`}`,
    killed: `was killed${said && `: ${said}`}`,
    late: `gave no answer in ${timeoutMs / SECOND} s`,
    stopped: "gave no answer before the try was ended",
    missing: "isn't there, or what its first line names isn't",
    forbidden: "may not be run: it isn't executable for the daemon's user",
    unstarted: "couldn't be started",
  }[how];
  const retry = status === EX_TEMPFAIL || ["killed", "late", "stopped", "unstarted"].includes(how);
  return { ok: false, retry, reason: `The program ${why}` };
}
