import { describe, expect, test } from "vitest";
import {
  aConsole,
  aList,
  anAlert,
  detailOf,
  entity,
  hostIn,
  orderOf,
  press,
  selectedId,
} from "../../../tests/support/console-state.ts";
import type { Alert } from "../../shared/model.ts";
import { reduce } from "./reduce.ts";
import { countHidden } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";
import { alertRow } from "./tables/alerts.ts";
import { hostRow } from "./tables/hosts.ts";

const alertOf = (id: string, host: string | undefined, values: Partial<Alert> = {}) => {
  const { host: _host, ...rest } = anAlert({ key: `heartbeat:${host}`, reason: `${host} is silent`, ...values });
  return entity("alert", id, host === undefined ? rest : { ...rest, host });
};
const toggled = (state: ConsoleState): ConsoleState => press(state, "h");
const rows = (state: ConsoleState) =>
  orderOf(state, "alerts").map((id) => {
    const { hidden, hides } = alertRow(state, id) ?? {};
    return `${id}${hidden ? " hidden" : ""}${hides ? ` +${hides}` : ""}`;
  });

// router <- switch <- web; db is on its own.
const fleet = [
  ...["router", "switch", "web", "db"].flatMap((id) => hostIn(id, "down")),
  alertOf("a1", "router", { severity: "warning" }),
  alertOf("a2", "switch", { hiddenBy: "a1", heldBy: "router is down" }),
  alertOf("a3", "web", { hiddenBy: "a2", heldBy: "switch is down" }),
  alertOf("a4", "db", { heldBy: "quiet hours" }),
];

describe("alerts that another one explains", () => {
  const state = press(aConsole(fleet, { columns: 80, rows: 40 }), "3");
  test("are folded under the one that nothing else explains, which counts them", () => {
    expect(rows(state)).toEqual(["a4", "a1 +2"]);
    expect(countHidden(state)).toBe(2);
  });
  test("are shown under it on demand, at once even under a moving cursor, and folded again", () => {
    const moving = press(state, "j");
    const shown = toggled(moving);
    expect(rows(shown)).toEqual(["a4", "a1 +2", "a2 hidden", "a3 hidden"]);
    expect(selectedId(shown)).toBe("a1");
    expect(rows(toggled(shown))).toEqual(["a4", "a1 +2"]);
  });
  test("have rows of their own again once what explained them is over, or gone, or they would hide each other", () => {
    const after = (...upserts: Parameters<typeof aList>[0]) =>
      rows(reduce(state, { type: "changes", lists: [aList(upserts)] })).toSorted();
    expect(after(alertOf("a1", "router", { state: "resolved" }))).toEqual(["a1", "a2 +1", "a4"]);
    expect(after(alertOf("a1", "router", { hiddenBy: "a3" }))).toEqual(["a1", "a2", "a3", "a4"]);
    const removal = aList([], { removals: [{ kind: "alert", id: "a1", rev: 2 }] });
    expect(rows(reduce(state, { type: "changes", lists: [removal] })).toSorted()).toEqual(["a2 +1", "a4"]);
  });
  test("stay folded once somebody has acknowledged the cause, and are not counted once they are over", () => {
    const acked = alertOf("a1", "router", { state: "acknowledged" });
    const over = alertOf("a3", "web", { state: "resolved", hiddenBy: "a2" });
    expect(rows(reduce(state, { type: "changes", lists: [aList([acked, over])] }))).toEqual(["a4", "a1 +1", "a3"]);
  });
  test("say of their hosts what they are behind", () => {
    const onHosts = press(state, "2");
    expect(orderOf(onHosts, "hosts").map((id) => [id, hostRow(onHosts, id)?.behind])).toEqual([
      ["db", undefined],
      ["router", undefined],
      ["switch", "router"],
      ["web", "router"],
    ]);
    expect(detailOf(press(onHosts, "G"))).toBe("web down: behind router; down for a reason");
  });
  test("may be behind the internet line, which is no host", () => {
    const line = alertOf("a1", undefined, { key: "connectivity:internet", title: "The line is down" });
    const offline = aConsole([...hostIn("web", "down"), line, alertOf("a2", "web", { hiddenBy: "a1" })]);
    expect(hostRow(offline, "web")?.behind).toBe("the internet line");
  });
});

test("the detail line tells what is behind an alert, and what holds it", () => {
  const alerts = press(aConsole(fleet), "3");
  expect(detailOf(alerts)).toBe("web01 is down: db is silent, held: quiet hours");
  expect(detailOf(press(alerts, "j"))).toBe("web01 is down: router is silent, +2 behind it");
});
