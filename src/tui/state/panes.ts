/** What each screen shows, one pane over the other. */
const screens = {
  overview: ["hosts", "alerts"],
  line: ["targets", "probes"],
  jobs: ["jobs", "health"],
} as const;

export type Screen = keyof typeof screens;
export type Pane = (typeof screens)[Screen][number];

const names = Object.keys(screens) as Screen[];
const isOn = (screen: Screen, pane: Pane): boolean => (screens[screen] as readonly Pane[]).includes(pane);

/** The screen that a pane is on: which one is shown follows from the pane that has the keys. */
export const screenOf = (pane: Pane): Screen => names.find((screen) => isOn(screen, pane)) ?? "overview";

export function otherPane(pane: Pane): Pane {
  const [upper, lower] = screens[screenOf(pane)];
  return pane === upper ? lower : upper;
}

export const forPanes = <T>(make: (pane: Pane) => T): Record<Pane, T> =>
  Object.fromEntries(Object.values(screens).flatMap((panes) => panes.map((pane) => [pane, make(pane)]))) as Record<
    Pane,
    T
  >;
