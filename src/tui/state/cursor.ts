const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** A place in a list, kept by identity: the row under the cursor stays selected wherever it moves. */
export interface Cursor {
  /** Undefined until a person moves: the cursor then stays on whatever is on top. */
  id?: string | undefined;
  /** The first visible row. */
  top: number;
}

export const cursorIndex = (cursor: Cursor, order: readonly string[]): number =>
  cursor.id === undefined ? 0 : Math.max(0, order.indexOf(cursor.id));

/** The first visible row that keeps the cursor in view and leaves no empty rows below the last one. */
export function scroll(top: number, index: number, height: number, count: number): number {
  const inView = clamp(top, index - height + 1, index);
  return clamp(inView, 0, Math.max(0, count - height));
}

export function moveTo(cursor: Cursor, order: readonly string[], index: number, height: number): Cursor {
  const to = clamp(index, 0, Math.max(0, order.length - 1));
  return { id: order[to], top: scroll(cursor.top, to, height, order.length) };
}

/** After the list changed: the same row if it is still there, else the one that took its place. */
export function settleCursor(
  cursor: Cursor,
  before: readonly string[],
  after: readonly string[],
  height: number,
): Cursor {
  const at = cursor.id === undefined ? 0 : after.indexOf(cursor.id);
  const index = at >= 0 ? at : clamp(before.indexOf(cursor.id ?? ""), 0, Math.max(0, after.length - 1));
  const id = cursor.id === undefined ? undefined : (after[index] ?? cursor.id);
  const top = scroll(cursor.top, index, height, after.length);
  return id === cursor.id && top === cursor.top ? cursor : { id, top };
}
