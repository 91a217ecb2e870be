/** No quantile is further off than this share of it. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/**
 * How many values fell into each bucket, flat: bucket, count, bucket, count, by bucket. This is DDSketch (Masson, Rim,
 * Lee: VLDB 2019) without a bound, as a day's spans fill a few hundred buckets at the most: the widths grow by `GAMMA`,
 * so that sketches of any days can be merged, and a quantile of the merged one is as good as one of all values. What is
 * below 1 counts as 0 in the first bucket.
 */
export type Sketch = number[];

/** Counts one more value, not negative, or as many as are said. */
export function add(sketch: Sketch, value: number): void {
  addTo(sketch, value < 1 ? 0 : 1 + Math.ceil(Math.log(value) / LOG_GAMMA), 1);
}

function addTo(sketch: Sketch, bucket: number, count: number): void {
  let i = sketch.length;
  while (i > 0 && Number(sketch[i - 2]) > bucket) i -= 2;
  if (i > 0 && sketch[i - 2] === bucket) sketch[i - 1] = Number(sketch[i - 1]) + count;
  else sketch.splice(i, 0, bucket, count);
}

/** Adds what another one holds. */
export function merge(sketch: Sketch, other: Sketch): void {
  for (let i = 0; i < other.length; i += 2) addTo(sketch, Number(other[i]), Number(other[i + 1]));
}

export function countOf(sketch: Sketch): number {
  let count = 0;
  for (let i = 1; i < sketch.length; i += 2) count += Number(sketch[i]);
  return count;
}

/** The value that a share `q` of all lies at or below, to within one percent; 0 of an empty sketch. */
export function quantile(sketch: Sketch, q: number): number {
  let left = q * (countOf(sketch) - 1);
  let bucket = 0;
  for (let i = 0; i < sketch.length && left >= 0; i += 2) {
    bucket = Number(sketch[i]);
    left -= Number(sketch[i + 1]);
  }
  return bucket === 0 ? 0 : (2 * GAMMA ** (bucket - 1)) / (GAMMA + 1);
}
