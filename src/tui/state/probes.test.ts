import { describe, expect, test } from "vitest";
import {
  aConsole,
  aHealthView,
  aLineView,
  aList,
  anAlert,
  detailOf,
  entity,
  hostIn,
  noon,
  orderOf,
  press,
  probeIn,
  rowsOf,
  selectedId,
  type,
  withHealth,
  withLine,
} from "../../../tests/support/console-state.ts";
import { SECOND } from "../../shared/time.ts";
import type { Action } from "./actions.ts";
import { verbs } from "./acts/alerts.ts";
import { alertTarget } from "./acts/targets.ts";
import { countProbes, probeState } from "./probes.ts";
import { reduce } from "./reduce.ts";
import { subjects } from "./screens.ts";
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
const base = press(aConsole([...hostIn("web01", "up"), ...probes]), "5", "tab");

describe("probes", () => {
  test("come in the order of their need: down, warning, never run, up, paused", () => {
    expect(orderOf(base, "probes").map((id) => [id, probeState(base.entities, id)])).toEqual([
      ["web01-port", "down"],
      ["cert", "warning"],
      ["fresh", "new"],
      ["shop", "up"],
      ["apart", "paused"],
    ]);
    expect(countProbes(base, orderOf(base, "probes"))).toEqual({ down: 1, warning: 1, new: 1, up: 1, paused: 1 });
  });
  test("pause with their host, and stay in place while a person moves", () => {
    expect(orderOf(run(base, changes(away)), "probes").at(-1)).toBe("web01-port");
    const moving = run(press(base, "j"), changes(away));
    expect(orderOf(moving, "probes")[0]).toBe("web01-port");
    expect(orderOf(run(moving, { type: "tick", now: noon + 3 * SECOND }), "probes")[0]).toBe("cert");
  });
  test("are found by id, title and host, and the filter is theirs where they are", () => {
    const typed = (text: string) => orderOf(type(press(base, "/"), text), "probes");
    expect(typed("TCP shop")).toEqual(["shop"]);
    expect(typed("web01")).toEqual(["web01-port"]);
  });
  test("have alerts that can be acknowledged from them", () => {
    expect(alertTarget(base, subjects(base), verbs.ack)).toBe("web01-port has no open alert");
    const firing = run(base, changes(entity("alert", "a7", anAlert({ key: "probe:web01-port", type: "probe" }))));
    expect(alertTarget(firing, subjects(firing), verbs.ack)).toEqual({ ids: ["a7"], about: "web01-port" });
  });
  test("say the whole of their reason when they are selected", () => {
    expect(detailOf(base)).toBe("web01-port (TCP web01-port:443) down: TCP web01-port:443: refused");
    expect(detailOf(press(base, "j", "j"))).toBe("fresh (TCP fresh:443) new: it hasn't run yet");
  });
});

test("the line's targets are those that were fetched, and the selected one is explained", () => {
  const shown = withLine(press(base, "tab"));
  expect(orderOf(shown, "targets")).toEqual(["line.cloudflare"]);
  expect(detailOf(shown)).toBe("line.cloudflare up: TCP 1.1.1.1:443: connected");
  const off = withLine(shown, aLineView({ enabled: false }));
  expect([orderOf(off, "targets"), detailOf(off)]).toEqual([[], ""]);
});

describe("jobs and health", () => {
  const shown = withHealth(press(base, "6"));

  test("begin with what needs a person", () => {
    expect(orderOf(shown, "jobs")).toEqual(["backup", "pulse", "outbox"]);
    expect(orderOf(shown, "health")).toEqual(["store", "clock"]);
  });
  test("keep the selected row when it moves", () => {
    const { jobs = [], ...rest } = aHealthView();
    const mended = jobs.map((job) => (job.name === "backup" ? { ...job, state: "ok" as const } : job));
    const moved = withHealth(press(shown, "g"), { ...rest, jobs: mended });
    expect(rowsOf(moved)[0]?.id).toBe("backup");
    const at = run(moved, { type: "tick", now: noon + 3 * SECOND });
    expect([rowsOf(at)[0]?.id, selectedId(at)]).toEqual(["pulse", "backup"]);
  });
  test("say what failed and how to run it by hand", () => {
    expect(detailOf(shown)).toBe(
      "backup failing: no room; failed 2 times since the start; `sentinel job run backup` runs it now",
    );
    expect(detailOf(press(shown, "j"))).toBe("pulse ok: it runs by itself");
    expect(detailOf(press(shown, "tab"))).toBe("store: the disk is full");
  });
});
