import { z } from "zod";
import type { CommandSpec } from "../shared/api/command.ts";
import { asTyped, commonFlags, wordsOf } from "./fields.ts";
import type { Field, FieldSchema } from "./fields.ts";

export const schemaOf = (type: z.ZodType, io: "input" | "output"): FieldSchema =>
  z.toJSONSchema(type, { io, unrepresentable: "any" }) as FieldSchema;

function flagOf(spec: CommandSpec, name: string): string {
  const flag = spec.cli?.flags?.[name] ?? asTyped(name);
  const [noun] = wordsOf(spec);
  return (commonFlags as readonly string[]).includes(flag) ? `${noun}-${flag}` : flag;
}

/** A command's arguments in the order of its schema. Where `ids` is given by place, `id` would say the same again. */
export function fieldsOf(spec: CommandSpec): Field[] {
  const schema = schemaOf(spec.args, "input");
  const positionals = spec.cli?.positionals ?? [];
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !(name === "id" && positionals.includes("ids")))
    .map(([name, field]) => ({
      name,
      flag: flagOf(spec, name),
      schema: field,
      required: schema.required?.includes(name) === true || positionals.includes(name),
      positional: positionals.includes(name),
    }));
}
