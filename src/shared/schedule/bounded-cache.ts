/** Makes a value once a key and keeps the last `limit` made, so that what people configure can't fill the memory. */
export function boundedCache<V>(limit: number, make: (key: string) => V): (key: string) => V {
  const kept = new Map<string, V>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make(key);
    if (kept.size >= limit) forgetOldest(kept);
    kept.set(key, made);
    return made;
  };
}

function forgetOldest(kept: Map<string, unknown>): void {
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}
