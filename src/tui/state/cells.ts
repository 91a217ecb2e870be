import { cleanText } from "../../shared/text.ts";
import { formatDuration, MINUTE, SECOND } from "../../shared/time.ts";
import widthOf from "./width.ts";

const printable = /^[\u0020-\u007e]*$/;
let segmenter: Intl.Segmenter | undefined;

function cut(text: string, width: number, ellipsis: string): string {
  if (width <= 0) return "";
  if (printable.test(text)) return text.slice(0, width - 1) + ellipsis;
  let kept = "";
  let used = 0;
  // It takes 7 ms to make.
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return kept + ellipsis;
}

/** Text in exactly `width` columns: cleaned, cut with an ellipsis or padded. Whatever is painted has passed here. */
export function fit(
  text: string,
  width: number,
  { align = "left", ellipsis = "…" }: { align?: "left" | "right"; ellipsis?: string } = {},
): string {
  const clean = cleanText(text);
  const shown = widthOf(clean) > width ? cut(clean, width, ellipsis) : clean;
  const pad = " ".repeat(Math.max(0, width - widthOf(shown)));
  return align === "right" ? pad + shown : shown + pad;
}

/** Cleaned text with its width, for what is laid out by hand. */
export function measured(text: string): { text: string; width: number } {
  const clean = cleanText(text);
  return { text: clean, width: widthOf(clean) };
}

/** How long ago. The longer, the coarser, so that a quiet screen stays as it is: 7s, 40s, 12m, 3h 5m. */
export function age(sinceMs: number): string {
  const step = sinceMs < 10 * SECOND ? SECOND : sinceMs < MINUTE ? 10 * SECOND : MINUTE;
  const span = Math.max(0, Math.floor(sinceMs / step) * step);
  return span === 0 ? "now" : formatDuration(span);
}
