import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { readOverrides } from "../tui/main.tsx";
import { CliFailure, statuses } from "./failure.ts";
import { configFolder } from "./installation.ts";

/** A person's own keys: `keys.yaml` (or JSON in it), a list of keys for each binding. */
export const ownKeysFile = (): string => path.join(configFolder(), "keys.yaml");

/** The keys in that file by the bindings they are for; undefined if there is no such file. Throws all that is wrong with it. */
export async function readOwnKeys(
  check: typeof readOverrides,
  file = ownKeysFile(),
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  if (!existsSync(file)) return undefined;
  // Few have one, and the first frame shouldn't wait for a parser.
  const { isMap, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines, prettyErrors: false });
  const at = (offset = 0): number => lines.linePos(offset).line;
  const faults = document.errors.map(({ message, pos }) => `line ${at(pos[0])}: ${message}`);
  const { contents } = document;
  const pairs = isMap(contents) ? contents.items : [];
  if (faults.length === 0 && contents !== null && !isMap(contents))
    faults.push("line 1: write a binding and its keys a line, as in `alert.ack: [A]`");
  const overrides = pairs.flatMap(({ key, value }) => {
    const keys: unknown = value?.toJSON();
    if (Array.isArray(keys) && keys.every((one) => typeof one === "string" || typeof one === "number"))
      return [{ id: String(key), keys: keys.map(String), line: at(key.range[0]) }];
    faults.push(`line ${at(key.range[0])}: ${String(key)}: give a list of keys, as in [A, ctrl+a]; [] for none`);
    return [];
  });
  const checked = check(overrides);
  const all = [...faults, ...checked.faults];
  if (all.length > 0) throw new CliFailure(statuses.config, all.map((fault) => `${file}, ${fault}`).join("\n"));
  return checked.keys;
}
