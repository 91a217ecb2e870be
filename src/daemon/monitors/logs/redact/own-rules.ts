import { RE2JS, RE2JSException } from "re2js";
import { type FieldError, type Refusal, refuse } from "../../../../shared/errors.ts";
import type { Span } from "./rule.ts";

/** A rule of somebody's own: a group of the pattern, if it has one, is the secret, else all of it. */
export interface OwnRule {
  name: string;
  /** In RE2's syntax (no look-around, no back-references), so that no line takes long. */
  pattern: string;
}

const longest = 500;
const most = 50;

function problem({ name, pattern }: OwnRule): (Omit<FieldError, "field"> & { part: string }) | undefined {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
    return { part: "name", message: "must be 1 to 32 of a-z, 0-9 and -, as `ticket-number`" };
  if (pattern.length > longest) return { part: "pattern", message: `must have at most ${longest} characters` };
  try {
    if (RE2JS.compile(pattern).matcher("").find()) return { part: "pattern", message: "must not match an empty text" };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return {
      part: "pattern",
      message: `is not a pattern of RE2 (${error.message}); look-around and back-references are not there`,
    };
  }
  return undefined;
}

/** Why these rules can't be used, naming the first part that is wrong of each, or undefined. */
export function refuseRules(rules: readonly OwnRule[], field = "rules"): Refusal | undefined {
  const errors = rules.flatMap((rule, i) => {
    const wrong = problem(rule);
    return wrong ? [{ field: `${field}.${i}.${wrong.part}`, message: wrong.message }] : [];
  });
  if (rules.length > most) errors.unshift({ field, message: `must be at most ${most}` });
  const [first] = errors;
  return first && refuse("invalid", `${first.field}: ${first.message}`, errors);
}

/** What these rules see in a line; they must be free of problems (`refuseRules`). */
export function createOwnRules(rules: readonly OwnRule[]): (text: string) => Span[] {
  const compiled = rules.map(({ name, pattern }) => ({ kind: name, pattern: RE2JS.compile(pattern) }));
  return (text) => {
    const spans: Span[] = [];
    for (const { kind, pattern } of compiled) {
      const matcher = pattern.matcher(text);
      for (let at = 0; at <= text.length && matcher.find(at); at = Math.max(matcher.end(), at + 1)) {
        const group =
          Array.from({ length: matcher.groupCount() }, (_, i) => i + 1).find((i) => matcher.start(i) >= 0) ?? 0;
        spans.push({ from: matcher.start(group), to: matcher.end(group), kind });
      }
    }
    return spans.filter(({ from, to }) => to > from);
  };
}
