import type { LocalFinding } from "../finding.ts";
import { createParser } from "../formats/parse.ts";
import { clean } from "../read/clean.ts";
import { createMiner } from "../templates/miner.ts";
import { createDetector, type DetectorOptions } from "./detector.ts";

const now = Date.parse("2026-06-01T00:00Z");

/** What is found in a log, each line cleaned, taken apart and mined before. */
export function analyse(lines: readonly string[], options?: DetectorOptions): LocalFinding[] {
  const parser = createParser({ now });
  const miner = createMiner();
  const detector = createDetector(options);
  for (const [i, line] of lines.entries()) {
    const record = parser.parse(clean(line), i + 1);
    detector.take(record, miner.idOf(miner.take(record.message)));
  }
  return detector.finish();
}

/** `count` lines; `at` is a time of 11 May 2026 that goes on by `everyMs` from 08:00. */
export function lines(
  count: number,
  everyMs: number,
  line: (i: number, at: { syslog: string; iso: string; clf: string }) => string,
): string[] {
  return Array.from({ length: count }, (_, i) => {
    const iso = new Date(Date.parse("2026-05-11T08:00:00Z") + i * everyMs).toISOString();
    const [day = "", rest = ""] = iso.split("T");
    const time = rest.slice(0, 8);
    const date = day.slice(8);
    return line(i, { iso, syslog: `May ${date} ${time}`, clf: `${date}/May/2026:${time} +0000` });
  });
}
