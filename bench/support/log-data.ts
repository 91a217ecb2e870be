import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where measurements find what may not be part of the project; `SENTINEL_BENCH_DATA` names another place. */
export const dataFolder = process.env["SENTINEL_BENCH_DATA"] ?? join(import.meta.dirname, "../../../shared/data");

/** 2,000 lines of one of Loghub's systems, with what is known of each (https://github.com/logpai/loghub). */
export interface Labelled {
  system: string;
  raw: string[];
  /** What is left of each line without its header. */
  messages: string[];
  /** Which template each was found to be of, by people. */
  events: string[];
}

const systems = ["Android", "Apache", "BGL", "HDFS", "Linux", "Mac", "OpenSSH", "Spark"];

/** Lines of text, in whichever convention, without the empty ones. */
export const linesOf = (path: string): string[] =>
  readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");

/** A line of CSV as RFC 4180 has it, taken apart. */
const cells = (line: string): string[] =>
  Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
  );

/** Those of Loghub's systems that are here; none if the data isn't. */
export function loghub(): Labelled[] {
  const folder = join(dataFolder, "loghub");
  return systems
    .filter((system) => existsSync(join(folder, system)))
    .map((system) => {
      const path = join(folder, system, `${system}_2k.log`);
      const [head = "", ...rows] = linesOf(`${path}_structured.csv`);
      const names = cells(head);
      const column = (name: string): string[] => {
        const index = names.indexOf(name);
        return rows.map((row) => cells(row)[index] ?? "");
      };
      return { system, raw: linesOf(path), messages: column("Content"), events: column("EventId") };
    });
}
