import { HORIZON_DAYS } from "./wall-time.ts";

/** Keeps the answers of a slow search for the next matching day; a whole walk to the horizon fits. */
export function rememberDays(search: (day: number) => number | undefined): (day: number) => number | undefined {
  const answers = new Map<number, number | undefined>();
  return (day) => {
    if (answers.has(day)) return answers.get(day);
    if (answers.size > 2 * HORIZON_DAYS) answers.clear();
    const found = search(day);
    answers.set(day, found);
    return found;
  };
}
