import type { CommandModule } from "yargs";
import { heartbeatPost } from "../shared/api/heartbeat.ts";
import { withRetries } from "../shared/client/retry.ts";
import { refuseInvalid } from "../shared/errors.ts";
import { explain } from "./call.ts";
import { findDaemon } from "./connect.ts";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";
import { failureOf } from "./failure.ts";
import { describe } from "./fields.ts";
import { fieldsOf } from "./schema.ts";
import { readRetries, retriesOption } from "./retries.ts";
import { readArguments } from "./values.ts";

type Typed = Address & { json?: boolean } & Record<string, unknown>;

// `at` and `buffered` are for an agent that was cut off, not for a person.
const fields = fieldsOf({
  ...heartbeatPost,
  cli: { positionals: ["host"], flags: { metrics: "metric" }, example: "" },
}).filter(({ name }) => name !== "at" && name !== "buffered");

async function perform(typed: Typed, { env, print, clock }: Context): Promise<void> {
  const checked = heartbeatPost.args.safeParse(readArguments(fields, typed, clock.now()));
  if (!checked.success) throw failureOf(refuseInvalid(checked.error), fields);
  const retries = readRetries(typed["retries"]);
  const target = findDaemon(typed, env);
  const { postHeartbeat } = await import("../shared/client/rest.ts");
  const post = () => postHeartbeat(checked.data, target);
  const answer = await withRetries(post, { retries, clock, random: Math.random });
  if (!answer.ok) throw failureOf(explain(answer, target), fields);
  print(typed.json ? JSON.stringify(answer.value, null, 2) : `${answer.value.host_id} is ${answer.value.status}`);
}

/** One heartbeat from a script, over HTTP and tried again while the daemon can't be reached. */
export const heartbeatCommand = (context: Context): CommandModule<object, Typed> => ({
  command: "heartbeat <host>",
  describe: "Send one heartbeat (tried again while the daemon can't be reached)",
  builder: (parser) => {
    for (const field of fields) {
      if (field.positional) parser.positional(field.name, { type: "string", describe: describe(field) });
      else parser.option(field.flag, { type: "string", requiresArg: true, describe: describe(field) });
    }
    return parser
      .option("retries", retriesOption)
      .example('sentinel heartbeat web01 --message "backup done" --metric files=120', "")
      .example("sentinel heartbeat web01 --exit-code $?", "");
  },
  handler: (typed) => perform(typed, context),
});
