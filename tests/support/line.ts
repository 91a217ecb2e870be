import type { Round } from "../../src/daemon/domain/line.ts";
import { TARGET } from "../../src/daemon/domain/line.ts";
import type { Outcome } from "../../src/daemon/domain/probe-run.ts";
import type { StateReader } from "../../src/daemon/domain/state.ts";
import { settingOf } from "../../src/daemon/domain/surroundings.ts";
import { type Role, roleOf, type Verdict } from "../../src/daemon/domain/verdict.ts";

export type Layer = Verdict["state"];

const answered: Outcome = { ok: true, latencyMs: 20, reason: "it answers" };
const silent: Outcome = { ok: false, reason: "timed out after 3 s" };

/** What a target of a role answers where the line is so; `nth` among all targets. */
export function outcomeIn(layer: Layer, role: Role, nth: number): Outcome {
  switch (layer) {
    case "up":
      return answered;
    case "slow":
      return { ...answered, latencyMs: 900 };
    case "gateway":
      return silent;
    case "lost":
      return role === "gateway" ? answered : silent;
    case "captive":
      return role === "web" ? { ok: false, captive: true, reason: "a login page came" } : silent;
    case "dns":
      return role === "gateway" || role === "destination" ? answered : silent;
    case "partial":
      return nth === 1 ? silent : answered;
  }
}

/** One round of all targets that are set, on a line that is so. */
export const roundOn = (state: StateReader, layer: Layer, at: number): Round => ({
  at,
  runs: settingOf(state, "line").targets.map((target, nth) => ({
    id: TARGET + target.name,
    at,
    outcome: outcomeIn(layer, roleOf(target), nth),
  })),
});
