import type { Window } from "./schedule/window.ts";

const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** A window for people, in the words that `windowWords` reads, as far as these can say it. */
export const windowText = (window: Window): string =>
  window.kind === "custom" ? `${window.ranges.map(rangeText).join(", ")} ${window.zone}` : window.kind;

function rangeText({ days, start, end }: { days: number[]; start: string; end: string }): string {
  const words = days.map((day) => names[day - 1]);
  const isRun = days.length > 2 && days.every((day, i) => i === 0 || day === (Number(days[i - 1]) % 7) + 1);
  return `${isRun ? `${words[0]}-${words.at(-1)}` : words.join("/")} ${start}-${end}`;
}
