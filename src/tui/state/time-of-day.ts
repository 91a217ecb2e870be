const two = (value: number): string => String(value).padStart(2, "0");

/** The time of day on this machine, to the minute. */
export const hourAndMinute = (at: number): string => timeOfDay(at).slice(0, 5);

/** The time of day on this machine, after the day unless that is today: `14:05`, `01-31 14:05`. */
export function timeOrDay(at: number, now: number): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return `${isToday ? "" : `${two(date.getMonth() + 1)}-${two(date.getDate())} `}${hourAndMinute(at)}`;
}

/** The time of day on this machine, to the second. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
