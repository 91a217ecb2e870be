import { SECOND } from "../time.ts";

/** One part of a calendar expression: its name, the numbers it may hold, and what one of its units is stored as. */
export interface Component {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** 1000 for seconds, which may have decimals and are kept in ms. */
  readonly scale: number;
}

export const year: Component = { name: "year", min: 1970, max: 2199, scale: 1 };
export const month: Component = { name: "month", min: 1, max: 12, scale: 1 };
export const dayOfMonth: Component = { name: "day", min: 1, max: 31, scale: 1 };
/** Counted back from the end of the month: 1 is its last day. Every month has 28. */
export const dayFromEnd: Component = { name: "day after ~", min: 1, max: 28, scale: 1 };
export const hour: Component = { name: "hour", min: 0, max: 23, scale: 1 };
export const minute: Component = { name: "minute", min: 0, max: 59, scale: 1 };
export const second: Component = { name: "second", min: 0, max: 60 * SECOND - 1, scale: SECOND };

const item = /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?(?:\/(\d+(?:\.\d+)?))?$/;

/**
 * The numbers that one component stands for, ascending: `*`, or a list of values, ranges `a..b` and repetitions `a/n`
 * and `a..b/n` (systemd.time(7)); undefined if it is none or out of bounds.
 */
export function valuesOf(component: Component, text: string): number[] | undefined {
  if (text === "*") return [...steps(component.min, component.max, component.scale)];
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const found = part.match(item);
    const some = found && itemValues(component, found);
    if (!some) return undefined;
    for (const value of some) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}

function itemValues(component: Component, [, first = "", last, step]: RegExpMatchArray): Iterable<number> | undefined {
  const { min, max, scale } = component;
  const from = numberOf(component, first);
  const to = last === undefined ? undefined : numberOf(component, last);
  const by = step === undefined ? undefined : scaled(component, step);
  const numbers = [from, to ?? from, by ?? scale];
  if (from < min || (to ?? from) > max || from > (to ?? from) || by === 0 || !numbers.every(Number.isInteger))
    return undefined;
  if (to !== undefined) return steps(from, to, by ?? scale);
  if (by === undefined) return [from];
  if (component === dayFromEnd) return from - by >= min ? countDown(from, by) : undefined;
  return from + by <= max ? steps(from, max, by) : undefined;
}

function* steps(from: number, to: number, by: number): Iterable<number> {
  for (let value = from; value <= to; value += by) yield value;
}

/** `~7/1` is the seventh last day and those after it: repetition goes forward in time. */
function* countDown(from: number, by: number): Iterable<number> {
  for (let value = from; value >= 1; value -= by) yield value;
}

/** Only what is kept in ms has decimals: elsewhere a fraction stays one, and is refused. */
const scaled = ({ scale }: Component, text: string): number =>
  scale > 1 ? Math.round(Number(text) * scale) : Number(text);

/** A year of two digits is 1970 to 2069. */
function numberOf(component: Component, text: string): number {
  const value = scaled(component, text);
  if (component !== year || value >= 100) return value;
  return value + (value < 70 ? 2000 : 1900);
}
