import { describe, expect, test } from "vitest";
import {
  aConsole,
  aHealthView,
  aLineView,
  aList,
  anAlert,
  entity,
  hostIn,
  noon,
  probeIn,
} from "../../../tests/support/console-state.ts";
import { SECOND } from "../../shared/time.ts";
import type { Action } from "./actions.ts";
import { detail } from "./detail.ts";
import { countProbes, visibleProbes, visibleTargets } from "./probes.ts";
import { reduce } from "./reduce.ts";
import { visibleComponents, visibleJobs } from "./reports.ts";
import { ackTarget, selectedId } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";

const run = (state: ConsoleState, ...actions: Action[]): ConsoleState => actions.reduce(reduce, state);
const changes = (...upserts: Parameters<typeof aList>[0]): Action => ({ type: "changes", lists: [aList(upserts)] });
const away = entity("status", "web01", { state: "paused", underlying: "up", since: noon, reason: "paused by anna" });
const probes = [
  ...probeIn("shop", "up"),
  ...probeIn("cert", "warning"),
  ...probeIn("web01-port", "down", { host: "web01" }),
  ...probeIn("apart", "up", { paused: true }),
  ...probeIn("fresh", "up").slice(0, 1),
];
const base = run(aConsole([...hostIn("web01", "up"), ...probes]), { type: "go", pane: "probes" });

describe("probes", () => {
  test("come in the order of their need: down, warning, never run, up, paused", () => {
    expect(visibleProbes(base).map(({ id, state }) => [id, state])).toEqual([
      ["web01-port", "down"],
      ["cert", "warning"],
      ["fresh", "new"],
      ["shop", "up"],
      ["apart", "paused"],
    ]);
    expect(countProbes(base)).toEqual({ down: 1, warning: 1, new: 1, up: 1, paused: 1 });
  });
  test("pause with their host, and stay in place while a person moves", () => {
    expect(run(base, changes(away)).order.probes.at(-1)).toBe("web01-port");
    const moving = run(base, { type: "move", by: 1 }, changes(away));
    expect(moving.order.probes[0]).toBe("web01-port");
    expect(run(moving, { type: "tick", now: noon + 3 * SECOND }).order.probes[0]).toBe("cert");
  });
  test("are found by id, title and host, and the filter is theirs where they are", () => {
    const typed = (text: string) => run(base, { type: "ask-filter" }, { type: "edit", edit: { kind: "insert", text } });
    expect(typed("TCP shop").order.probes).toEqual(["shop"]);
    expect(typed("web01").order.probes).toEqual(["web01-port"]);
    expect(typed("web01").pane).toBe("probes");
  });
  test("have alerts that can be acknowledged from them", () => {
    expect(ackTarget(base)).toBe("web01-port has no open alert");
    const firing = run(base, changes(entity("alert", "a7", anAlert({ key: "probe:web01-port", type: "probe" }))));
    expect(ackTarget(firing)).toEqual({ ids: ["a7"], about: "web01-port" });
  });
  test("say the whole of their reason when they are selected", () => {
    expect(detail(base)).toBe("web01-port (TCP web01-port:443) down: TCP web01-port:443: refused");
    expect(detail(run(base, { type: "move", by: 2 }))).toBe("fresh (TCP fresh:443) new: it hasn't run yet");
  });
});

test("the line's targets are those that were fetched, and the selected one is explained", () => {
  const shown = run(base, { type: "go", pane: "targets" }, { type: "line", view: aLineView() });
  expect(visibleTargets(shown).map(({ id }) => id)).toEqual(["line.cloudflare"]);
  expect(detail(shown)).toBe("line.cloudflare up: TCP 1.1.1.1:443: connected");
  const off = run(shown, { type: "line", view: aLineView({ enabled: false }) });
  expect([visibleTargets(off), detail(off)]).toEqual([[], ""]);
});

describe("jobs and health", () => {
  const shown = run(base, { type: "go", pane: "jobs" }, { type: "health", view: aHealthView() });

  test("begin with what needs a person", () => {
    expect(visibleJobs(shown).map(({ id }) => id)).toEqual(["backup", "pulse", "outbox"]);
    expect(visibleComponents(shown).map(({ id }) => id)).toEqual(["store", "clock"]);
  });
  test("keep the selected row when it moves", () => {
    const { jobs = [], ...rest } = aHealthView();
    const mended = jobs.map((job) => (job.name === "backup" ? { ...job, state: "ok" as const } : job));
    const at = run(shown, { type: "end", to: "first" }, { type: "health", view: { ...rest, jobs: mended } });
    expect([visibleJobs(at)[0]?.id, selectedId(at)]).toEqual(["pulse", "backup"]);
  });
  test("say what failed and how to run it by hand", () => {
    expect(detail(shown)).toBe(
      "backup failing: no room; failed 2 times since the start; `sentinel job run backup` runs it now",
    );
    expect(detail(run(shown, { type: "move", by: 1 }))).toBe("pulse ok: it runs by itself");
    expect(detail(run(shown, { type: "next-pane" }))).toBe("store: the disk is full");
  });
});
