/** What a filter looks at. */
export interface FilterRow {
  words: readonly string[];
  tags?: readonly string[] | undefined;
  state?: string | undefined;
}

/** What a person typed as a test of a row. */
export function compileFilter(text: string): (row: FilterRow) => boolean {
  const wanted = text.trim().toLowerCase();
  return ({ words, tags = [] }) => [...words, ...tags].some((word) => word.toLowerCase().includes(wanted));
}
