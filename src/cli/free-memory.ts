import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives back to the system what reading the data left behind, which V8 would keep for as long as little happens. Blocks
 * for about 2 ms per thousand hosts.
 */
export function freeMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (how: object) => void;
  setFlagsFromString("--no-expose-gc");
  // The one flavor that also moves together what is left.
  collect({ execution: "sync", type: "major", flavor: "last-resort" });
}

/**
 * Has V8 collect early instead of growing, for a stream of short-lived objects: its new space would go on to 32 MB, and
 * its old one be half garbage. What is large by then stays.
 */
export function keepMemorySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=50");
}
