export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}
export interface Exposed {
  type: string;
  help: string;
  samples: Sample[];
}

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const head = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`);
const sample = new RegExp(`^(${name})(?:\\{(.*)\\})? (NaN|[+-]Inf|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)$`);
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/**
 * Reads Prometheus's text format 0.0.4 and throws at whatever isn't quite as it should be, and at what
 * `promtool check metrics` would object to (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export function readExposition(text: string): Map<string, Exposed> {
  if (!text.endsWith("\n")) throw new Error("the last line isn't ended");
  const families = new Map<string, Exposed>();
  let current = "";
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, what = "", family = "", said = ""] = head.exec(line) ?? [];
    if (what === "HELP") {
      if (families.has(family)) throw new Error(`${family} comes twice`);
      families.set((current = family), { help: said, type: "", samples: [] });
    } else if (what === "TYPE") {
      const known = families.get(family);
      if (!known || family !== current || known.type !== "") throw new Error(`out of place: ${line}`);
      known.type = said;
    } else addSample(families.get(current), current, line);
  }
  for (const [family, exposed] of families) check(family, exposed);
  return families;
}

function addSample(family: Exposed | undefined, of: string, line: string): void {
  const [, own = "", inside = "", value = ""] = sample.exec(line) ?? [];
  const suffix = own.startsWith(of) ? own.slice(of.length) : own;
  const parts = family?.type === "histogram" ? ["_bucket", "_sum", "_count"] : ["", "_sum", "_count"];
  if (!family || family.type === "" || !parts.includes(suffix)) throw new Error(`out of place: ${line}`);
  family.samples.push({ name: own, labels: readLabels(inside, line), value: numberOf(value) });
}

function readLabels(inside: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = inside; rest !== "";) {
    const [all, key, value] = label.exec(rest) ?? [];
    if (all === undefined || key === undefined || value === undefined || key in labels)
      throw new Error(`not a label: ${line}`);
    labels[key] = value.replace(/\\(.)/g, (_all, one: string) => (one === "n" ? "\n" : one));
    rest = rest.slice(all.length);
  }
  return labels;
}

const numberOf = (text: string): number => Number(text.replace("Inf", "Infinity"));

function check(family: string, { type, samples }: Exposed): void {
  if (!["counter", "gauge", "histogram", "summary"].includes(type)) throw new Error(`${family} is of type "${type}"`);
  if ((type === "counter") !== family.endsWith("_total")) throw new Error(`${family} is a ${type}`);
  const seen = samples.map(({ name: own, labels }) => JSON.stringify([own, Object.entries(labels)]));
  if (new Set(seen).size < seen.length) throw new Error(`${family} has a sample twice`);
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) throw new Error(`${family} counts down`);
  if (type === "histogram") checkHistogram(family, samples);
}

/** Each series has buckets that grow up to `+Inf`, which is its count, and a sum. */
function checkHistogram(family: string, samples: Sample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _le, ...rest } }) => JSON.stringify(rest));
  for (const all of series.values()) {
    const of = (suffix: string) => all.filter(({ name: own }) => own === family + suffix);
    const [sum, count, buckets] = [of("_sum"), of("_count"), of("_bucket")];
    const bounds = buckets.map(({ labels }) => numberOf(labels["le"] ?? "NaN"));
    const counts = buckets.map(({ value }) => value);
    const grows = (values: number[]) => values.every((value, i) => i === 0 || value >= (values[i - 1] ?? Infinity));
    if (sum.length !== 1 || count.length !== 1) throw new Error(`${family} lacks its sum or count`);
    if (bounds.at(-1) !== Infinity || counts.at(-1) !== count[0]?.value) throw new Error(`${family} isn't complete`);
    if (!grows(bounds) || new Set(bounds).size < bounds.length || !grows(counts))
      throw new Error(`${family} isn't monotone`);
  }
}
