import { single } from "fuzzysort";

/** What a filter looks at of a row. */
export interface FilterRow {
  words: readonly string[];
  tags?: readonly string[] | undefined;
  state?: string | undefined;
}

/** What the rows of a table have, so that a term which can't be meant is told. */
export interface FilterTerms {
  states?: readonly string[] | undefined;
  tags?: boolean | undefined;
}

type Test = (row: FilterRow) => boolean;

export interface Filter {
  matches: Test;
  /** What couldn't be understood and what was made of it. */
  complaint?: string | undefined;
}

interface Read {
  test?: Test;
  complaint?: string | undefined;
}

/** What may backtrack for longer than a person waits: a repeated group, or many parts that may be of any length. */
const isSlow = (pattern: string): boolean =>
  /\)[*+{]/.test(pattern) || (pattern.match(/[*+]|\{\d*,\}/g)?.length ?? 0) > 4;

/** A pattern in which nothing means anything but itself. */
const literal = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/** What is typed as a regular expression, or as plain text if it is none. */
function patternOf(text: string): { pattern: string; complaint?: string } {
  if (isSlow(text)) return { pattern: literal(text), complaint: `"${text}" would take too long: read as plain text` };
  try {
    void new RegExp(text);
    return { pattern: text };
  } catch {
    return { pattern: literal(text), complaint: `"${text}" is no regular expression: read as plain text` };
  }
}

function readTag(text: string, { tags = true }: FilterTerms): Read {
  if (!tags) return { complaint: "these have no tags" };
  if (!text) return { complaint: "tag: which one? tag:web" };
  const { pattern, complaint } = patternOf(text);
  const regex = new RegExp(`^(?:${pattern})$`, "i");
  return { complaint, test: (row) => row.tags?.some((tag) => regex.test(tag)) === true };
}

/** A state may be begun: no state's name begins another's. */
function readState(text: string, { states }: FilterTerms): Read {
  if (states?.length === 0) return { complaint: "these have no states" };
  if (!text) return { complaint: `state: which one? ${states?.join(", ") ?? "state:down"}` };
  const { pattern, complaint } = patternOf(text);
  const regex = new RegExp(`^(?:${pattern})`, "i");
  const unknown = states && !states.some((state) => regex.test(state));
  return {
    complaint: complaint ?? (unknown ? `no state is "${text}": ${states.join(", ")}` : undefined),
    test: (row) => row.state !== undefined && regex.test(row.state),
  };
}

const readFuzzy = (text: string): Read => ({ test: ({ words }) => words.some((word) => single(text, word) !== null) });

function readPlain(text: string): Read {
  const { pattern, complaint } = patternOf(text);
  const regex = new RegExp(pattern, "i");
  return { complaint, test: ({ words }) => words.some((word) => regex.test(word)) };
}

function readTerm(term: string, terms: FilterTerms): Read {
  const inverse = term.startsWith("!");
  const text = inverse ? term.slice(1) : term;
  if (!text) return {};
  const [, key, value = ""] = /^(-f |tag:|state:)(.*)$/i.exec(text) ?? [];
  const read = { "-f ": readFuzzy, "tag:": readTag, "state:": readState }[key?.toLowerCase() ?? ""] ?? readPlain;
  const { test, complaint } = read(key === undefined ? text : value, terms);
  return inverse && test ? { complaint, test: (row) => !test(row) } : { complaint, ...(test && { test }) };
}

/** `-f` goes with the word after it. */
const split = (text: string): string[] => text.trim().match(/!?-f(?=\s|$)(?:\s+\S+)?|\S+/gi) ?? [];

function readFlag(term: string): Read | undefined {
  if (/^!?-f$/i.test(term)) return { complaint: "-f: what is looked for? -f wb1" };
  if (/^!?-[a-z]$/i.test(term)) return { complaint: `${term} isn't known: -f finds roughly, tag:web by tag` };
  return undefined;
}

/**
 * k9s' filter language: a regular expression, `!` for all but that, `-f` for letters in their order, and by our own
 * terms `tag:web` and `state:down`. Several are all to match. What isn't understood is told, and hides no row.
 */
export function compileFilter(text: string, terms: FilterTerms = {}): Filter {
  const read = split(text).map((term) => readFlag(term) ?? readTerm(term.replace(/(-f)\s+/i, "-f "), terms));
  const tests = read.flatMap(({ test }) => test ?? []);
  return {
    matches: (row) => tests.every((test) => test(row)),
    complaint: read.find(({ complaint }) => complaint !== undefined)?.complaint,
  };
}
