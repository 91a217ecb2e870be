/** Part of a line that is a secret, as offsets into it. */
export interface Span {
  from: number;
  to: number;
  kind: string;
}

/** What sees secrets, from a word on that it says they begin with. */
export interface Rule {
  /** Lower case, three characters at least: nothing is looked at in a line that has none of them. */
  words: readonly string[];
  /** What it is made of, where that is one pattern. */
  pattern?: RegExp;
  /** The secrets seen from the place `at` on, at which one of the words stands. */
  read(text: string, at: number): readonly Span[];
}

/**
 * A rule that is a pattern: sticky, with the flag `d`, matched where a word stands (so what comes before is a
 * look-behind). Its groups are the secrets; without groups all of it is one.
 */
export function shape(
  kind: string,
  words: readonly string[],
  pattern: RegExp,
  isOne?: (secret: string) => boolean,
): Rule {
  return {
    words,
    pattern,
    read(text, at) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      const places = match?.indices?.slice(match.length > 1 ? 1 : 0) ?? [];
      return places
        .map(([from, to] = [0, 0]) => ({ from, to, kind }))
        .filter(({ from, to }) => to > from && (isOne?.(text.slice(from, to)) ?? true));
    },
  };
}
