import type { Argv, CommandModule } from "yargs";
import type { CommandSpec } from "../shared/api/command.ts";
import type { CommandName } from "../shared/api/registry.ts";
import { refuseInvalid } from "../shared/errors.ts";
import type { Refusal } from "../shared/errors.ts";
import { sayAlert } from "./alert.ts";
import { callDaemon } from "./call.ts";
import { findDaemon } from "./connect.ts";
import type { Address, Target } from "./connect.ts";
import type { Context } from "./context.ts";
import { failureOf } from "./failure.ts";
import { describe, wordsOf } from "./fields.ts";
import { fieldsOf } from "./schema.ts";
import type { Field } from "./fields.ts";
import { sayHistory } from "./history.ts";
import { sayLine } from "./line.ts";
import { sayPasteWithout } from "./paste.ts";
import { sayResult } from "./print.ts";
import { saySecrets, takeSecrets, withPaste } from "./secrets.ts";
import { readArguments } from "./values.ts";

type Typed = Address & { json?: boolean } & Record<string, unknown>;

/** What a command takes by place, in order: `<id>`, or `<ids..>` for all the rest. */
export function placesOf(spec: CommandSpec): string[] {
  const fields = fieldsOf(spec);
  const placed = (spec.cli?.positionals ?? []).flatMap((name) => fields.find((field) => field.name === name) ?? []);
  return placed.map(({ name, schema }) => (schema.type === "array" ? `<${name}..>` : `<${name}>`));
}

function declare(parser: Argv, spec: CommandSpec, fields: Field[]): Argv {
  for (const field of fields) {
    const type = field.schema.type === "boolean" ? "boolean" : "string";
    const describedAs = describe(field);
    if (field.positional) parser.positional(field.name, { type, describe: describedAs });
    else parser.option(field.flag, { type, describe: describedAs, requiresArg: type === "string" });
  }
  return parser.example(spec.cli?.example ?? "", "");
}

/** What is public is asked without a token, over HTTP; everything else over the WebSocket. */
async function ask(spec: CommandSpec, target: Target, args: object): Promise<{ ok: true; value: unknown } | Refusal> {
  if (spec.access === "public") return (await import("../shared/client/rest.ts")).readHealth(target);
  return callDaemon(target, spec.name as CommandName, args as never);
}

function sayWithSecrets(spec: CommandSpec, value: object, now: number): string {
  const { rest, secrets } = takeSecrets(value);
  const shown = sayResult(spec, rest, now);
  if (!secrets) return `${shown}\n\nThe secret is shown this once: keep it now.`;
  return `${shown}\n\n${saySecrets(String((value as { id?: unknown }).id), secrets, rest)}`;
}

/** One host as it is, and how its job can be watched. */
const sayHost = (spec: CommandSpec, value: object, now: number): string =>
  `${sayResult(spec, value, now)}\n\n${sayPasteWithout(String((value as { id?: unknown }).id), value)}`;

/** How a result is said where its fields alone don't tell enough. */
function sayingOf(spec: CommandSpec): typeof sayResult | typeof sayWithSecrets {
  if (spec.secret) return sayWithSecrets;
  if (spec.name === "host.history") return sayHistory;
  if (spec.name === "line.show") return sayLine;
  if (spec.name === "alert.show") return sayAlert;
  return spec.name === "host.show" ? sayHost : sayResult;
}

async function perform(
  spec: CommandSpec,
  fields: Field[],
  typed: Typed,
  { env, print, clock }: Context,
): Promise<void> {
  const args = readArguments(fields, typed, clock.now());
  // Refused here, so that bad usage needs no daemon to be told; sent as given, so that the daemon sets the defaults.
  const checked = spec.args.safeParse(args);
  if (!checked.success) throw failureOf(refuseInvalid(checked.error, "arguments"), fields);
  const answer = await ask(spec, findDaemon(typed, env), args);
  if (!answer.ok) throw failureOf(answer, fields);
  const value = answer.value as object;
  if (typed.json) return print(JSON.stringify(spec.secret ? withPaste(value) : value, null, 2));
  print(sayingOf(spec)(spec, value, clock.now()));
}

/** A command of the registry as it is typed: `sentinel <noun> <verb> <place…> --flag value`. */
export function commandFrom(spec: CommandSpec, context: Context): CommandModule<object, Typed> {
  const fields = fieldsOf(spec);
  return {
    command: [wordsOf(spec)[1], ...placesOf(spec)].join(" "),
    describe: spec.summary,
    builder: (parser) => declare(parser, spec, fields),
    handler: (typed) => perform(spec, fields, typed, context),
  };
}
