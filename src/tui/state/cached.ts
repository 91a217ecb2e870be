/** Remembers what was computed from a map for as long as the map is the current one. */
export function cached<Source extends object, Value>(compute: (source: Source) => Value): (source: Source) => Value {
  const known = new WeakMap<Source, { value: Value }>();
  return (source) => {
    const hit = known.get(source) ?? { value: compute(source) };
    known.set(source, hit);
    return hit.value;
  };
}
