import { Text } from "ink";
import { memo } from "react";

/** One line of the screen, already painted; skipped while it stays the same. */
export const Line = memo(function Line({ text }: { text: string }) {
  return <Text wrap="truncate">{text === "" ? " " : text}</Text>;
});
