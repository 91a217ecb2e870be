const two = (value: number): string => String(value).padStart(2, "0");

/** The time of day on this machine, to the minute. */
export const hourAndMinute = (at: number): string => timeOfDay(at).slice(0, 5);

/** The time of day on this machine, to the second. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
