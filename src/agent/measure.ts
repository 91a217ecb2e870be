import { formatDuration, SECOND } from "../shared/time.ts";
import type { Clock } from "../shared/time.ts";

type Metrics = Record<string, number>;

/** What was measured, or why nothing was. */
export type Measured = { metrics: Metrics; trouble?: undefined } | { metrics: Metrics; trouble: string };

const limitMs = 5 * SECOND;

/** A heartbeat must go out whatever its metrics do: a dead network disk makes them hang, not fail. */
export async function measure(readMetrics: () => Promise<Metrics>, clock: Clock): Promise<Measured> {
  const late = Promise.withResolvers<Measured>();
  const cancel = clock.after(limitMs, () =>
    late.resolve({ metrics: {}, trouble: `measuring takes more than ${formatDuration(limitMs)}` }),
  );
  const read = async (): Promise<Measured> => {
    try {
      return { metrics: await readMetrics() };
    } catch (error) {
      return { metrics: {}, trouble: error instanceof Error ? error.message : String(error) };
    }
  };
  const measured = await Promise.race([read(), late.promise]);
  cancel();
  return measured;
}
