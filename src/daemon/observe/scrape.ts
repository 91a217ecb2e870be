import type { Metric, Registry } from "prom-client";
import type { Family } from "./families.ts";

/** The library calls these gauges `_total`, which the format keeps for counters. */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** Writes all families, and what the process says of itself, as Prometheus reads it. The library is loaded when first asked. */
export function createScrape(families: readonly Family[]): () => Promise<string> {
  let loading: Promise<Registry> | undefined;
  return async () => (await (loading ??= load(families))).metrics();
}

async function load(families: readonly Family[]): Promise<Registry> {
  // CommonJS: in a bundle all that it exports is its default.
  const { collectDefaultMetrics, Registry } = (await import("prom-client")).default;
  const registry = new Registry();
  for (const family of families) registry.registerMetric(asMetric(family));
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/** All that the registry wants of a metric when it writes: the figures stay plain numbers of ours. */
const asMetric = ({ name, help, type, samples }: Family): Metric =>
  ({
    name,
    get: async () => ({
      name,
      help,
      type,
      values: samples().map(({ suffix, ...rest }) => ({ ...rest, metricName: name + (suffix ?? "") })),
    }),
  }) as unknown as Metric;
