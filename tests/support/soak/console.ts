/**
 * The console's store and view on a fake clock and a fake terminal, with updates, keys and resizes at random. A program
 * of its own, so that nobody else's memory is counted: `run-console.ts` starts it with its options as JSON, and reads its report.
 */
import type { WatchedEntity } from "../../../src/shared/client/socket.ts";
import type { HostState } from "../../../src/shared/model.ts";
import { MINUTE, SECOND } from "../../../src/shared/time.ts";
import { createStore } from "../../../src/tui/state/store.ts";
import type { Theme } from "../../../src/tui/view/theme.ts";
import { mount } from "../../../src/tui/view/mount.tsx";
import { aConsole, aList, anAlert, entity, hostIn, lineIn, probeIn } from "../console-state.ts";
import { createFakeClock } from "../fake-clock.ts";
import { createFakeTerminal } from "../fake-terminal.ts";
import { seededRandom } from "../seeded-random.ts";

export interface ConsoleSoakOptions {
  /** Of the console's clock. */
  seconds: number;
  hosts: number;
  updatesPerSecond: number;
  seed: number;
  /** How often what is in use is counted. */
  sampleSeconds: number;
}

export interface ConsoleSoakReport {
  /** The heap in use after a collection, by the console's seconds. */
  samples: { second: number; heapBytes: number }[];
  /** The seconds in which the whole screen was cleared though its size was the same. */
  clears: number[];
  keys: number;
  resizes: number;
  bytes: number;
}

/** What a person's fingers find, but what ends or stops the console. */
const letters = "jjjjkkkkgGhtafpznNreEvuy<>?/:123456789 []";
const others = ["\u001b", "\r", "\t", "\u001b[A", "\u001b[B", "\u001b[5~", "\u001b[6~", "\u0004", "\u0006", "\u0015"];
const keys = [...letters, ...others, "web", "up"];
const sizes = [
  [80, 24],
  [60, 15],
  [100, 30],
  [160, 50],
  [40, 10],
] as const;
// Ink paints no more often than this.
const FRAME_MS = 17;

async function soak(options: ConsoleSoakOptions): Promise<ConsoleSoakReport> {
  const { seconds, hosts, updatesPerSecond, seed, sampleSeconds } = options;
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const oneOf = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const name = (nth: number): string => `web-${String(nth).padStart(5, "0")}`;
  const clock = createFakeClock();
  const terminal = createFakeTerminal();
  const fleet = Array.from({ length: hosts }, (_, nth) => hostIn(name(nth), "up")).flat();
  const store = createStore({ initial: aConsole([...fleet, lineIn("up"), ...probeIn("shop", "up")]), clock });
  const ending = new AbortController();
  const { stdin, stdout } = terminal;
  const theme = (): Theme => ({ color: true });
  const over = mount({ store, clock, theme, stdin, stdout, newKey: () => "key", signal: ending.signal });
  let isOver = false;
  void over.finally(() => (isOver = true));

  /** A host goes down or comes back, with its alert. */
  function change(): WatchedEntity[] {
    const nth = below(hosts);
    const id = name(nth);
    const state = oneOf<HostState>(["up", "late", "down", "paused"]);
    const alert = anAlert({
      key: `heartbeat:${id}`,
      host: id,
      state: state === "down" ? "firing" : "resolved",
      raisedAt: clock.now(),
    });
    return [
      entity("status", id, { state, since: clock.now(), reason: `${state} by chance` }),
      entity("alert", `a${nth % 50}`, alert),
    ];
  }

  const beat = (): WatchedEntity =>
    entity("beat", name(below(hosts)), { at: clock.now(), dueAt: clock.now() + 5 * MINUTE, status: "ok" });

  const report: ConsoleSoakReport = { samples: [], clears: [], keys: 0, resizes: 0, bytes: 0 };
  for (let second = 1; second <= seconds && !isOver; second++) {
    const resizes = below(30) === 0;
    if (resizes) {
      const [columns, rows] = oneOf(sizes);
      terminal.resize(columns, rows);
      report.resizes++;
    }
    for (let part = 0; part < 4; part++) {
      const upserts = Array.from({ length: updatesPerSecond / 4 }, beat);
      if (below(4) === 0) upserts.push(...change());
      store.feed({ type: "changes", lists: [aList(upserts)] });
      if (below(2) === 0) {
        terminal.press(oneOf(keys));
        report.keys++;
      }
      clock.advance(SECOND / 4);
      store.feed({ type: "tick", now: clock.now(), heardAt: clock.now() });
      await new Promise((resolve) => setTimeout(resolve, part === 3 ? FRAME_MS : 0));
    }
    const output = terminal.output();
    report.bytes += output.length;
    // The first second's are the start's.
    if (/\u001b\[[23]J/.test(output) && !resizes && second > 1) report.clears.push(second);
    terminal.forget();
    if (second % sampleSeconds === 0) {
      globalThis.gc?.();
      report.samples.push({ second, heapBytes: process.memoryUsage().heapUsed });
    }
  }
  if (isOver) throw new Error("the console ended by itself");
  ending.abort();
  await over;
  return report;
}

process.stdout.write(JSON.stringify(await soak(JSON.parse(process.argv[2] ?? "{}") as ConsoleSoakOptions)));
process.exit(0);
