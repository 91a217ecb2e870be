import type { Screen } from "../screen.ts";
import { hosts } from "../tables/hosts.ts";

export const hostsScreen: Screen = {
  key: "2",
  title: "hosts",
  about: "all hosts",
  panes: [hosts],
  layout: ({ rows }) => ({ heights: [Math.max(1, rows - 2)] }),
};
