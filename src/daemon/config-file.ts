import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { ConfigItem } from "../shared/api/config.ts";
import { OptionsError } from "./options-error.ts";

/** What a configuration file says; an empty one says nothing. */
export function readYaml(path: string): unknown {
  try {
    return contentOf(readFileSync(path, "utf8"), path);
  } catch (cause) {
    if (cause instanceof OptionsError) throw cause;
    const { code = "unreadable" } = cause as NodeJS.ErrnoException;
    throw new OptionsError(`can't read the configuration ${path}: ${code}. Give --config an existing file.`, { cause });
  }
}

/** Without the parser's own words, and its warnings: they may quote a secret. */
function contentOf(text: string, path: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const [error] = [...document.errors, ...document.warnings];
  const refusal = (what: string, at = 0): OptionsError =>
    new OptionsError(`${path}:${lines.linePos(at).line} is not valid YAML: ${what}`);
  if (error) throw refusal(error.code.toLowerCase().replaceAll("_", " "), error.pos[0]);
  try {
    return document.toJS() ?? {};
  } catch {
    throw refusal("an alias leads nowhere, or to too much");
  }
}

/** What a schema objects to, in words: names each setting and where its value came from; one that isn't known comes with those that are. */
export const complain = (
  error: z.ZodError,
  schema: z.ZodType,
  where: string,
  given: readonly Omit<ConfigItem, "value">[] = [],
): string =>
  error.issues
    .map((issue) => {
      const path = issue.path.join(".");
      if (issue.code === "unrecognized_keys")
        return `${where} no such setting: ${issue.keys.map((key) => [...issue.path, key].join(".")).join(", ")}. There are: ${keysAt(schema, issue.path).join(", ")}.`;
      const from = given.find(({ name }) => `${path}.`.startsWith(`${name}.`))?.from;
      return `${where} ${path}: ${issue.message}${from === undefined ? "" : ` (it comes from ${from})`}`;
    })
    .join("\n");

/** What may stand there in the file. */
function keysAt(schema: z.ZodType, path: PropertyKey[]): string[] {
  interface Node {
    properties?: Record<string, Node>;
  }
  let node: Node | undefined = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node;
  for (const key of path) node = node?.properties?.[String(key)];
  return Object.keys(node?.properties ?? {});
}
