import type { Binding, Context } from "./binding.ts";
import { keymap } from "./keymap.ts";

/** What a person wants instead of a binding's own keys, and where that was written. */
export interface Override {
  id: string;
  keys: readonly string[];
  line: number;
}

const named = new Set(
  "up down left right escape enter space tab shift+tab pageup pagedown home end backspace delete ctrl+\\".split(" "),
);
/** What a terminal sends for both is the same. */
const twins: Record<string, string> = { "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter", "ctrl+[": "escape" };

const isLetter = (key: string): boolean => [...key].length === 1 && /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(key);

function keyFault(key: string, { context }: Binding): string | undefined {
  const twin = twins[key];
  if (twin) return `${key} reaches a program as ${twin}`;
  if (!named.has(key) && !/^ctrl\+[a-z]$/.test(key) && !isLetter(key))
    return `there is no key ${JSON.stringify(key)}: write a character, ctrl+a to ctrl+z, or ${[...named].join(", ")}`;
  if (context === "line" && (isLetter(key) || key === "space"))
    return `${key} is typed where this is: take a key that is no character`;
  return undefined;
}

const isPlace = (context: Context): boolean => /^(table|text|global|screen:|pane:)/.test(context);
const isWide = (context: Context): boolean => /^(table|text|global)$/.test(context);

/** Whether both may be meant by a key at some place; the line that is typed in is part of several. */
function meet(a: Context, b: Context): boolean {
  if (a === b || a === "always" || b === "always") return true;
  if (a === "line" || b === "line") return !isPlace(a) && !isPlace(b);
  return isPlace(a) && isPlace(b) && (isWide(a) || isWide(b));
}

/** The keys that a person has given to bindings, by the bindings' ids; or what is wrong with them, a sentence each. */
export function readOverrides(
  overrides: readonly Override[],
  bindings: readonly Binding[] = keymap,
): { keys: ReadonlyMap<string, readonly string[]>; faults: readonly string[] } {
  const keys = new Map(overrides.map(({ id, keys: own }) => [id, own]));
  const faults = overrides.flatMap(({ id, keys: own, line }) => {
    const binding = bindings.find((one) => one.id === id);
    const said = (fault: string): string => `line ${line}: ${fault}`;
    if (!binding) return [said(`there is no binding ${id}; docs/reference/keys.md names them all`)];
    const taken = (key: string) =>
      bindings.find(
        (other) =>
          other !== binding && meet(other.context, binding.context) && (keys.get(other.id) ?? other.keys).includes(key),
      );
    return own.flatMap((key) => {
      const fault = keyFault(key, binding);
      if (fault) return [said(`${id}: ${fault}`)];
      const other = binding.keys.includes(key) ? undefined : taken(key);
      return other ? [said(`${id}: ${key} is the key of ${other.id} (${other.title}); give that another one too`)] : [];
    });
  });
  return { keys, faults };
}
