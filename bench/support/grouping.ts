/** How well lines were grouped: accuracy by lines, and F1 by groups (Zhu et al., ICSE-SEIP 2019; Jiang et al., ISSTA 2024). */
export interface Grouping {
  /** Share of the lines whose group holds exactly the lines of their true one. */
  ga: number;
  /** F1 over the groups that are exactly right. */
  fga: number;
}

const sizes = (groups: readonly string[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const group of groups) found.set(group, (found.get(group) ?? 0) + 1);
  return found;
};

export function scoreGrouping(found: readonly string[], truth: readonly string[]): Grouping {
  const foundSizes = sizes(found);
  const truthSizes = sizes(truth);
  let lines = 0;
  let groups = 0;
  for (const [pair, size] of sizes(found.map((group, i) => `${group}\n${truth[i]}`))) {
    const [group = "", event = ""] = pair.split("\n");
    if (foundSizes.get(group) !== size || truthSizes.get(event) !== size) continue;
    lines += size;
    groups++;
  }
  return { ga: lines / truth.length, fga: (2 * groups) / (foundSizes.size + truthSizes.size) };
}
