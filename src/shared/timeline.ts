import type { LineLayer } from "./model.ts";

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

interface Span<Layer> {
  from: number;
  to?: number | undefined;
  layer: Layer;
}

/** The line's layers: the worst in each of so many spans of `slotMs`, the last of which is under way; undefined where it was up. */
export const timeline = (
  outages: readonly Span<LineLayer>[],
  now: number,
  shape: { slots: number; slotMs: number },
): (LineLayer | undefined)[] => worstBySlot(outages, now, { ...shape, worstFirst: layers });

/** The first of `worstFirst` that there was in each of so many spans of `slotMs`, the last of which is under way. */
export function worstBySlot<Layer>(
  spans: readonly Span<Layer>[],
  now: number,
  { slots, slotMs, worstFirst }: { slots: number; slotMs: number; worstFirst: readonly Layer[] },
): (Layer | undefined)[] {
  const start = (Math.floor(now / slotMs) + 1 - slots) * slotMs;
  return Array.from({ length: slots }, (_, i) => {
    const from = start + i * slotMs;
    const here = new Set(
      spans.filter((one) => one.from < from + slotMs && (one.to ?? now) >= from).map(({ layer }) => layer),
    );
    return worstFirst.find((layer) => here.has(layer));
  });
}
