// Runs probes at the same time and prints what came of each, as JSON: `ask-network.ts TIMEOUT_MS '{"name": ["icmp", {…}]}'`.
import { findProbeKind } from "../../src/daemon/monitors/probes/kinds/registry.ts";

const [timeoutMs, probes = "{}"] = process.argv.slice(2);
const attempt = {
  signal: new AbortController().signal,
  timeoutMs: Number(timeoutMs),
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
const outcomes = await Promise.all(
  Object.entries(JSON.parse(probes) as Record<string, [string, unknown]>).map(async ([name, [type, options]]) => {
    const kind = findProbeKind(type);
    return [name, await kind?.run(kind.options.parse(options), attempt)];
  }),
);
console.log(JSON.stringify(Object.fromEntries(outcomes)));
