import { Suspense, lazy } from "react";
import { paint } from "../theme.ts";
import type { Theme } from "../theme.ts";
import { Line } from "./Line.tsx";

/** Loaded with the first notice: few are shown, and the first frame shouldn't wait for it. */
const StatusMessage = lazy(async () => ({ default: (await import("@inkjs/ui")).StatusMessage }));

/** One line that mustn't be overlooked. */
export function Notice({ text, theme, unicode }: { text: string; theme: Theme; unicode: boolean }) {
  const plain = <Line text={paint(theme, "warn", ` ! ${text}`)} />;
  // Its signs aren't ASCII, and its colours are its own.
  if (!unicode || !theme.color) return plain;
  return (
    <Suspense fallback={plain}>
      <StatusMessage variant="warning">{text}</StatusMessage>
    </Suspense>
  );
}
