import type { LineLayer, Outage } from "./model.ts";

/** How a timeline marks each layer, the worst first. */
export const outageMarks: Record<LineLayer, string> = {
  gateway: "G",
  lost: "L",
  captive: "C",
  dns: "D",
  partial: "p",
  slow: "s",
};

export const timelineLegend = Object.entries(outageMarks)
  .map(([layer, mark]) => `${mark} ${layer}`)
  .join(", ");

const layers = Object.keys(outageMarks) as LineLayer[];

/** The worst layer in each of so many spans of `slotMs`, the last of which is under way; undefined where the line was up. */
export function timeline(
  outages: readonly Pick<Outage, "from" | "to" | "layer">[],
  now: number,
  { slots, slotMs }: { slots: number; slotMs: number },
): (LineLayer | undefined)[] {
  const start = (Math.floor(now / slotMs) + 1 - slots) * slotMs;
  return Array.from({ length: slots }, (_, i) => {
    const from = start + i * slotMs;
    const here = new Set(
      outages.filter((one) => one.from < from + slotMs && (one.to ?? now) >= from).map(({ layer }) => layer),
    );
    return layers.find((layer) => here.has(layer));
  });
}
