import { type DigestInput, digestOf } from "../../src/daemon/monitors/logs/model/digest.ts";
import { createChain } from "../../src/daemon/monitors/logs/offline/chain.ts";
import type { Row } from "./report.ts";
import { syslog } from "./syslog.ts";

/** What a model would be told of so many generated lines, none of whose templates were known before. */
export function digestRows(count: number): Row[] {
  const chain = createChain({ key: Buffer.from("bench"), now: Date.parse("2026-02-01T00:00Z") });
  const samples = new Map<number, DigestInput["samples"][number]>();
  for (const line of syslog({ lines: count })) {
    const taken = chain.take(line);
    if (taken && !samples.has(taken.group))
      samples.set(taken.group, { line: taken.record.line, text: taken.record.text });
  }
  const { findings, templates: mined, lines } = chain.finish();
  const templates = mined.map((template) => ({ ...template, isNew: true }));
  const input = { host: { name: "bench" }, findings, templates, samples: [...samples.values()], totals: { lines } };
  const { mostTokens, tokens, records } = digestOf(input, Math.random);
  return [
    { name: "digest for a model, at two bytes a token", goal: "≤ 6,000", figure: mostTokens, unit: "tokens" },
    { name: "… at 2.6 bytes a token, as logs have", figure: tokens, unit: "tokens" },
    {
      name: `… records, of ${findings.length} findings and ${templates.length} templates`,
      figure: records.length,
      unit: "",
    },
  ];
}
