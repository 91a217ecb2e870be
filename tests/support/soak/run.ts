import { tmpdir } from "node:os";
import { join } from "node:path";
import { counted, type Course, runCourse, type Sample } from "./course.ts";

export interface SoakOptions {
  /** Of all daemons together. */
  kills: number;
  seed: number;
  /** Reporting hosts of each daemon. */
  hosts?: number;
  /** How long a daemon lives between two kills, in the mean. */
  lifeMs?: number;
  /** So many daemons run side by side; each has a folder, clients and a seed of its own. */
  atOnce?: number;
  onKill?(done: number): void;
  /** Called with what is missing or wrong, as soon as it is found. */
  onFault?(fault: string): void;
}

export interface SoakReport extends Pick<Course, "missing" | "wrong" | "counts"> {
  samples: Sample[];
}

/** Kills several daemons, each under everything at once, and says what became of what they had acknowledged. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { kills, seed, hosts = 16, lifeMs = 1_000, atOnce = 4, onKill, onFault } = options;
  // Starting is most of the work: what Node has compiled is kept from start to start.
  process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "sentinel-soak-cache");
  const samples: Sample[] = [];
  let done = 0;
  const share = (nth: number): number => Math.floor(kills / atOnce) + (nth < kills % atOnce ? 1 : 0);
  const courses = await Promise.all(
    Array.from({ length: atOnce }, (_, nth) =>
      runCourse({
        kills: share(nth),
        seed: seed + nth,
        hosts,
        lifeMs,
        onKill: () => onKill?.(++done),
        onSample: (sample) => samples.push(sample),
        onFault: (fault) => onFault?.(`seed ${seed + nth}: ${fault}`),
      }),
    ),
  );
  const sum = (name: (typeof counted)[number]) => courses.reduce((total, { counts }) => total + counts[name], 0);
  return {
    missing: courses.flatMap(({ missing }) => missing),
    wrong: courses.flatMap(({ wrong }) => wrong),
    counts: Object.fromEntries(counted.map((name) => [name, sum(name)])) as Course["counts"],
    samples,
  };
}
