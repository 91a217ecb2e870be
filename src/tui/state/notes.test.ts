import { expect, test } from "vitest";
import { aConsole, anAlert, noon } from "../../../tests/support/console-state.ts";
import type { Alert } from "../../shared/model.ts";
import { DAY, HOUR, MINUTE } from "../../shared/time.ts";
import { alertNotes } from "./notes.ts";
import { hourAndMinute } from "./time-of-day.ts";

const state = aConsole([]);
const soon = hourAndMinute(noon + MINUTE);
const acked = (ackedUntil: number): Partial<Alert> => ({ state: "acknowledged", ackedUntil });

test.each<[string, Partial<Alert>, number, string[]]>([
  ["nothing special", {}, 0, []],
  ["held", { heldBy: "quiet hours" }, 0, ["held: quiet hours"]],
  ["held, and explaining others", { heldBy: "quiet hours" }, 37, ["+37 behind it", "held: quiet hours"]],
  ["held until somebody took it", { heldBy: "quiet hours", state: "acknowledged" }, 0, []],
  ["acknowledged for a minute", acked(noon + MINUTE), 0, [`acked until ${soon}`]],
  ["flapping", { type: "flapping" }, 0, ["flapping"]],
  ["acknowledged for a time, and over", { ...acked(noon + MINUTE), state: "resolved" }, 0, []],
])("an alert that is %s", (_name, values, hides, notes) => {
  expect(alertNotes({ alert: anAlert(values), hides }, state)).toEqual(notes);
});

test("an acknowledgement beyond today says the day, and all times are this machine's", () => {
  const notes = (until: number, skewMs = 0) =>
    alertNotes({ alert: anAlert(acked(until)), hides: 0 }, { ...state, skewMs });
  expect(notes(noon + 2 * DAY)[0]).toMatch(/^acked until 01-0\d \d\d:\d\d$/);
  expect(notes(noon + HOUR + MINUTE, HOUR)).toEqual([`acked until ${soon}`]);
});
