import { fc } from "../../../tests/support/property.ts";
import { expect, test } from "vitest";
import { type Layer, roundOn } from "../../../tests/support/line.ts";
import { createWorld } from "../../../tests/support/world.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import { nextRoundMs, type Round } from "./line.ts";
import { setPolicy } from "./policy.ts";
import { probed } from "./probed.ts";

/** From `atMs` on, nothing gets through for so long. */
interface Fault {
  atMs: number;
  lengthMs: number;
  layer: Layer;
}
type World = ReturnType<typeof createWorld>;

const PERIOD = 2 * MINUTE;
const GRACE = 30 * SECOND;
const QUIET = 15 * MINUTE;
/** Clients try again for a minute. */
const TRIES_MS = MINUTE;
const AGAIN_MS = 5 * SECOND;
/** An answer that doesn't come is waited for so long. */
const TIMEOUT_MS = 3 * SECOND;

/** Faults after one another: so short that clients bridge them, or so long that they are found. */
const faults = fc
  .array(
    fc.record({
      pauseMs: fc.integer({ min: 100, max: 600 }),
      seconds: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 120, max: 600 })),
      layer: fc.constantFrom<Layer[]>("lost", "gateway", "dns", "captive"),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => {
    let atMs = 0;
    return all.map(({ pauseMs, seconds, layer }): Fault => {
      const fault = { atMs: atMs + pauseMs * SECOND, lengthMs: seconds * SECOND, layer };
      atMs = fault.atMs + fault.lengthMs;
      return fault;
    });
  });

/** One host's client: it begins to report each period, and once begun tries until it gets through or gives up. */
function client(world: World, host: string, phaseMs: number) {
  let dueAt = world.now() + phaseMs;
  let tryAt = dueAt;
  let heardAt = world.now();
  return {
    heard: () => heardAt,
    tick(now: number, isOpen: boolean): void {
      if (now < tryAt) return;
      if (isOpen) {
        world.beat({ host });
        heardAt = now;
      }
      const givesUp = isOpen || now + AGAIN_MS > dueAt + TRIES_MS;
      if (givesUp) dueAt += PERIOD;
      tryAt = givesUp ? dueAt : now + AGAIN_MS;
    },
  };
}

/** The prober: a round begins when the domain says, sees the line as it is then, and takes as long as its slowest answer. */
function prober(world: World) {
  let nextAt = world.now();
  let round: Round | undefined;
  let lastAt = 0;
  return (now: number, layer: Layer): void => {
    if (round && now >= round.at + (round.runs.every(({ outcome }) => outcome.ok) ? 0 : TIMEOUT_MS)) {
      const done = round;
      round = undefined;
      world.run((state, context) => probed(state, { runs: [], round: done }, context));
    }
    if (!round) nextAt = Math.min(nextAt, lastAt + nextRoundMs(world.state, now));
    if (round || now < nextAt) return;
    round = roundOn(world.state, layer, now);
    lastAt = now;
    nextAt = Infinity;
  };
}

test(
  "whatever the line does, nobody who kept reporting is called down, and whoever died is in its time",
  { timeout: 120_000 },
  () => {
    fc.assert(
      fc.property(
        faults,
        fc.array(fc.integer({ min: 0, max: PERIOD - 1 }), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 0, max: 40 }),
        (all, phases, diesAfter) => {
          const world = createWorld();
          const start = world.now();
          for (const id of ["far", "near", "dead"]) world.add({ id, periodMs: PERIOD, graceMs: GRACE });
          world.run((state) => setPolicy(state, { id: "host:near", line: "local" }));
          for (const host of ["far", "near", "dead"]) world.beat({ host });
          const [far, near, dead] = ["far", "near", "dead"].map((id, i) => client(world, id, phases[i] ?? 0));
          const ask = prober(world);
          const last = all.at(-1);
          const end = start + (last ? last.atMs + last.lengthMs : 0) + diesAfter * MINUTE + QUIET;
          let downAt = Infinity;
          for (let now = start; now < end; now += SECOND) {
            const fault = all.find(({ atMs, lengthMs }) => now >= start + atMs && now < start + atMs + lengthMs);
            far?.tick(now, !fault);
            near?.tick(now, true);
            if (now < start + diesAfter * MINUTE) dead?.tick(now, !fault);
            world.live(0);
            ask(now, fault?.layer ?? "up");
            world.live(SECOND);
            expect([now - start, world.status("far")?.state, world.status("near")?.state]).not.toContain("down");
            if (world.status("dead")?.state === "down") downAt = Math.min(downAt, world.now());
          }
          const heardAt = dead?.heard() ?? 0;
          const credit = world.state
            .gaps()
            .filter(({ to }) => to > heardAt)
            .reduce((sum, { from, to }) => sum + to - from + PERIOD, 0);
          expect(downAt).toBeLessThanOrEqual(heardAt + PERIOD + GRACE + credit + 10 * SECOND + SECOND);
        },
      ),
      { numRuns: 150 },
    );
  },
);
