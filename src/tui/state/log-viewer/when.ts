const time = /^(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}))?(?:(?:^|[ T])(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * Reads `14:05`, `14:05:30`, `12-24`, `2026-12-24` or one after the other, on this machine's clock, as epoch ms. What
 * isn't said is as it is near: the line where the person is. Undefined if it is none.
 */
export function parseWhen(text: string, near: number): number | undefined {
  const [all, year, month, day, hours, minutes, seconds] = time.exec(text.trim()) ?? [];
  if (!all) return undefined;
  const about = new Date(near);
  const date = new Date(
    Number(year ?? about.getFullYear()),
    Number(month ?? about.getMonth() + 1) - 1,
    Number(day ?? about.getDate()),
    Number(hours ?? 0),
    Number(minutes ?? 0),
    Number(seconds ?? 0),
  );
  const isThere =
    date.getMonth() + 1 === Number(month ?? about.getMonth() + 1) &&
    Number(hours ?? 0) < 24 &&
    Number(minutes ?? 0) < 60 &&
    Number(seconds ?? 0) < 60;
  return isThere ? date.getTime() : undefined;
}
